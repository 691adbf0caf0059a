import { createGate } from './gate';

describe('a gate', () => {
  it('lets no more through than its width, in order, and goes on after a failure', async () => {
    const gate = createGate(3);
    let inside = 0;
    let most = 0;
    const begun: number[] = [];
    const results = await Promise.allSettled(
      Array.from({ length: 20 }, (_, n) =>
        gate(async () => {
          begun.push(n);
          most = Math.max(most, ++inside);
          await new Promise((resolve) => setImmediate(resolve));
          inside -= 1;
          if (n % 4 === 0) throw new Error('as told');
          return n;
        }),
      ),
    );
    expect(most).toBe(3);
    expect(begun).toEqual(Array.from({ length: 20 }, (_, n) => n));
    expect(results.filter(({ status }) => status === 'rejected')).toHaveLength(5);
  });
});
