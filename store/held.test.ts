import { setTimeout as sleep } from 'node:timers/promises';
import { hold } from './held';

describe('a value held in memory', () => {
  it('is read once for all who ask, and again where it is expired, by those who come after', async () => {
    let asked = 0;
    const held = hold<number>(async (known) => {
      const mine = ++asked;
      await sleep(10);
      return (known ?? 0) + mine;
    });
    expect(await Promise.all([held.get(), held.get(), held.get()])).toEqual([1, 1, 1]);
    expect(await held.get()).toBe(1);
    held.expire();
    const early = held.get();
    held.expire();
    expect(await Promise.all([early, held.get(), held.get()])).toEqual([3, 6, 6]);
    expect(await held.get()).toBe(6);
    expect(asked).toBe(3);
  });

  it('is renewed behind the back of whoever asks, and waited for where it is old', async () => {
    let asked = 0;
    let time = 1_000;
    let answer: () => void = () => undefined;
    const held = hold<number>(
      async () => {
        const mine = ++asked;
        if (mine > 1) await new Promise<void>((resolve) => (answer = resolve));
        return mine;
      },
      () => time,
    );
    expect(await held.get()).toBe(1);
    time += 2_000;
    expect(await Promise.all([held.get(), held.get()])).toEqual([1, 1]);
    await sleep(1);
    answer();
    await sleep(1);
    expect(asked).toBe(2);
    expect(await held.get()).toBe(2);
    time += 10_000;
    const waits = held.get();
    await sleep(1);
    answer();
    expect(await waits).toBe(3);
  });

  it('tells a failure to those who wait, keeps what it has, and tries again', async () => {
    let down = true;
    const held = hold<string>(() => (down ? Promise.reject(new Error('away')) : Promise.resolve('there')));
    await expect(held.get()).rejects.toThrow('away');
    down = false;
    expect(await held.get()).toBe('there');
    down = true;
    held.expire();
    await expect(held.get()).rejects.toThrow('away');
    down = false;
    expect(await held.get()).toBe('there');
  });
});
