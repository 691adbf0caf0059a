import { recently } from './recently';

describe('recently', () => {
  it('asks once while the answer is fresh, and again when it is stale', async () => {
    let at = 0;
    let asked = 0;
    const ask = recently(async () => ++asked, { staleness: 5_000, now: () => new Date(at) });
    expect(await Promise.all([ask(), ask()])).toEqual([1, 1]);
    at = 4_999;
    expect(await ask()).toBe(1);
    at = 5_000;
    expect(await ask()).toBe(2);
  });

  it('keeps no error', async () => {
    let fails = true;
    const ask = recently(
      async () => {
        if (fails) throw new Error('no');
        return 'yes';
      },
      { staleness: 5_000, now: () => new Date(0) },
    );
    await expect(ask()).rejects.toThrow('no');
    fails = false;
    expect(await ask()).toBe('yes');
  });

  it('keeps an answer that was long in coming, and gives it while it asks anew, up to an age', async () => {
    let at = 0;
    let asked = 0;
    const waiting: (() => void)[] = [];
    const ask = recently(
      async () => {
        const mine = ++asked;
        await new Promise<void>((resolve) => waiting.push(resolve));
        return mine;
      },
      { staleness: 5_000, now: () => new Date(at), isCostly: true },
    );
    const first = ask();
    at = 1_000;
    waiting.pop()?.();
    expect(await first).toBe(1);
    at = 29_999;
    expect(await ask()).toBe(1);
    expect(asked).toBe(1);
    at = 60_999;
    expect([await ask(), await ask(), asked]).toEqual([1, 1, 2]);
    at = 61_000;
    const second = ask();
    waiting.pop()?.();
    expect([await second, await ask(), asked]).toEqual([2, 2, 2]);
  });
});
