import { smsSegments } from './sms-segments';

describe('smsSegments', () => {
  it.each([
    ['', 'GSM-7', 1],
    ['a'.repeat(160), 'GSM-7', 1],
    ['a'.repeat(161), 'GSM-7', 2],
    ['a'.repeat(306), 'GSM-7', 2],
    ['a'.repeat(307), 'GSM-7', 3],
    ['€'.repeat(80), 'GSM-7', 1],
    // An extended character that would be cut goes to the next segment whole.
    [`${'a'.repeat(152)}€${'a'.repeat(152)}`, 'GSM-7', 3],
    ['é, à, ñ, Ç and ü are in the set', 'GSM-7', 1],
    ['ã', 'UCS-2', 1],
    ['ã'.repeat(70), 'UCS-2', 1],
    ['ã'.repeat(71), 'UCS-2', 2],
    ['👍'.repeat(35), 'UCS-2', 1],
    ['👍'.repeat(66), 'UCS-2', 2],
    ['👍'.repeat(67), 'UCS-2', 3],
  ])('counts "%s"', (text, encoding, segments) => {
    expect(smsSegments(text)).toEqual({ encoding, segments });
  });
});
