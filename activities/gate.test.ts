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

  it('lets who waits in with so many others, or with all that wait', async () => {
    const gate = createGate(4, 2);
    const begun: number[] = [];
    const leave: (() => void)[] = [];
    const all = Array.from({ length: 9 }, (_, n) =>
      gate(() => {
        begun.push(n);
        return new Promise<void>((resolve) => leave.push(resolve));
      }),
    );
    const inside: number[] = [];
    for (let n = 0; n < 9; n++) {
      await new Promise((resolve) => setImmediate(resolve));
      inside.push(begun.length);
      leave[n]?.();
    }
    await Promise.all(all);
    expect(inside).toEqual([4, 4, 6, 6, 8, 9, 9, 9, 9]);
  });
});
