import { noteworthy } from './log-lines';

describe('noteworthy', () => {
  it.each([
    ['{"level":30,"msg":"listening"}', undefined],
    ['{"level":40,"msg":"slow"}', 'slow'],
    ['{"level":50,"msg":"not sent","err":{"message":"refused","stack":"..."}}', 'not sent: refused'],
    ['{"level":50}', ''],
    ['Error: no configuration', 'Error: no configuration'],
    ['{"half', '{"half'],
    ['  ', undefined],
  ])('of %s is %s', (line, text) => {
    expect(noteworthy(line)).toBe(text);
  });
});
