import { join } from 'node:path';
import { placeOf } from './place';
import { root } from './setup/index';

const thrownAt = (...frames: string[]): Error => {
  const error = new Error('no');
  error.stack = ['Error: no', ...frames.map((frame) => `    at ${frame}`)].join('\n');
  return error;
};

describe('the place of an error', () => {
  it('is the line of the journey, not of the engine', () => {
    const journey = join(root, 'workflows', 'journeys', 'upsell.ts');
    const engine = join(root, 'workflows', 'engine', 'guard.ts');
    const thrown = thrownAt(`refuse (${engine}:33:13)`, `run (${journey}:20:11)`, `run (${engine}:1:1)`);
    expect(placeOf(thrown)).toBe('workflows/journeys/upsell.ts:20:11');
    expect(placeOf(thrownAt(`async file://${journey}:7:2`))).toBe('workflows/journeys/upsell.ts:7:2');
    expect(placeOf(new Error('wrapped', { cause: thrown }))).toBe('workflows/journeys/upsell.ts:20:11');
  });

  it('is nowhere where no journey was under way', () => {
    const index = join(root, 'workflows', 'journeys', 'index.ts');
    expect(placeOf(thrownAt(`x (${index}:1:1)`))).toBeUndefined();
    expect(placeOf('text')).toBeUndefined();
  });
});
