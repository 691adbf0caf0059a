import { testDatabase } from '../test/servers';
import { createBatcher } from './batcher';
import { isRefusal } from './duplicates';

/** A flush that records its batches and ends when it is told to. */
function gate() {
  const batches: number[][] = [];
  const open: (() => void)[] = [];
  const flush = (items: number[]) => {
    batches.push(items);
    return new Promise<string[]>((resolve) => open.push(() => resolve(items.map((item) => `done ${item}`))));
  };
  const release = async () => {
    await new Promise(setImmediate);
    open.shift()?.();
    await new Promise(setImmediate);
  };
  return { batches, flush, release };
}

describe('createBatcher', () => {
  it('writes what comes during a flush in one next flush, and gives each caller its own results', async () => {
    const { batches, flush, release } = gate();
    const batcher = createBatcher(flush, 100);
    const first = batcher.add([1]);
    await new Promise(setImmediate);
    const others = [batcher.add([2, 3]), batcher.add([4])];
    await release();
    await release();
    expect(batches).toEqual([[1], [2, 3, 4]]);
    expect(await first).toEqual(['done 1']);
    expect(await Promise.all(others)).toEqual([['done 2', 'done 3'], ['done 4']]);
  });

  it('keeps to its limit without tearing a caller apart', async () => {
    const { batches, flush, release } = gate();
    const batcher = createBatcher(flush, 3);
    const all = [
      [1, 2],
      [3, 4],
      [5, 6, 7, 8],
    ].map((items) => batcher.add(items));
    for (let i = 0; i < 3; i++) await release();
    await Promise.all(all);
    expect(batches).toEqual([
      [1, 2],
      [3, 4],
      [5, 6, 7, 8],
    ]);
  });

  it('lets nobody suffer for what others brought', async () => {
    const written: number[] = [];
    const flush = async (items: number[]) => {
      if (items.some((item) => item < 0)) throw new RangeError('below zero');
      written.push(...items);
      return items;
    };
    const batcher = createBatcher(flush, 100, { isOfItems: (error) => error instanceof RangeError });
    const all = await Promise.allSettled(
      [[1], [2, 3], [-4, 4], [5], [-6]].map((items) => batcher.add(items)),
    );
    expect(all.map(({ status }) => status === 'fulfilled')).toEqual([true, true, false, true, false]);
    expect(written).toEqual([1, 2, 3, 5]);
  });

  it('tells by the answer of the database that it refused what somebody brought', async () => {
    const { db, close } = await testDatabase();
    const collection = db.collection<{ _id: string }>('batched');
    await collection.updateOne({ _id: 'bad' }, { $set: { count: 'none' } }, { upsert: true });
    const flush = async (ids: string[]) => {
      const count = (_id: string) => ({
        updateOne: { filter: { _id }, update: { $inc: { count: 1 } }, upsert: true },
      });
      await collection.bulkWrite(ids.map(count), { ordered: false });
      return ids;
    };
    const batcher = createBatcher(flush, 100, { isOfItems: isRefusal });
    const all = await Promise.allSettled([['a'], ['bad'], ['b']].map((ids) => batcher.add(ids)));
    expect(all.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    await close();
  });

  it('tells all who shared a flush that it failed, and goes on', async () => {
    let failing = true;
    const batcher = createBatcher(async (items: number[]) => {
      if (failing) throw new Error('no database');
      return items;
    }, 100);
    const lost = await Promise.allSettled([batcher.add([1]), batcher.add([2])]);
    expect(lost.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    failing = false;
    expect(await batcher.add([3])).toEqual([3]);
  });

  it('is idle only when all is written', async () => {
    const { flush, release } = gate();
    const batcher = createBatcher(flush, 100);
    let idle = false;
    const added = batcher.add([1]);
    const waiting = batcher.idle().then(() => (idle = true));
    await new Promise(setImmediate);
    expect(idle).toBe(false);
    await release();
    await Promise.all([added, waiting]);
    expect(idle).toBe(true);
  });
});
