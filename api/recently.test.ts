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
});
