import { createEarliest } from './earliest';

/** Empties a queue of instants by fives; gives what came, in order, and how many instants lay in what was read. */
async function empty(instants: readonly number[], { now = 1e9, fails = -1 } = {}) {
  let queue = [...instants].sort((a, b) => a - b);
  const takeEarliest = createEarliest<number>((at) => new Date(at));
  const [taken, read]: [number[], number[]] = [[], []];
  for (let call = 0, isDone = false; !isDone; call++) {
    let within = 0;
    const found = await takeEarliest(new Date(now), 5, (from, until, limit) => {
      const between = queue.filter((at) => at >= from.getTime() && at <= until.getTime());
      within += between.length;
      return Promise.resolve(between.slice(0, limit));
    });
    read.push(within);
    isDone = found.length < 5;
    if (call === fails) continue;
    taken.push(...found);
    for (const at of found) queue = queue.toSpliced(queue.indexOf(at), 1);
  }
  return { taken, read, left: queue };
}

describe('a queue', () => {
  it('is emptied from its earliest end, at a cost that does not grow with it', async () => {
    const steady = Array.from({ length: 2_000 }, (_, n) => 1_000 + n * 10);
    const { taken, read, left } = await empty(steady);
    expect(taken).toEqual(steady);
    expect(left).toEqual([]);
    expect(read[0]).toBe(2_000);
    // Spans of one, two and four times what the last one took, and at the end all that is left.
    for (const count of read.slice(1)) expect(count).toBeLessThanOrEqual(50);
  });

  it('keeps what is not due, takes what shares an instant, and passes over long gaps', async () => {
    const instants = [...Array<number>(12).fill(7), 8, 9, 5e8, 5e8 + 1, 6e8, 9e8, 1e9, 1e9 + 1];
    const { taken, left } = await empty(instants);
    expect(taken).toEqual(instants.slice(0, -1));
    expect(left).toEqual([1e9 + 1]);
  });

  it('gives again in the end what was given and not taken', async () => {
    const steady = Array.from({ length: 60 }, (_, n) => 1_000 + n * 10);
    const { taken, left } = await empty(steady, { fails: 3 });
    expect([...taken].sort((a, b) => a - b)).toEqual(steady);
    expect(left).toEqual([]);
  });
});
