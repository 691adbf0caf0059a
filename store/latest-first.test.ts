import { latestFirst } from './latest-first';

const now = new Date('2026-03-10T12:00:00Z');
const ago = (minutes: number) => now.getTime() - minutes * 60_000;

/** Reads from some instants, and notes how far back it was asked. */
function made(instants: readonly number[], limit: number) {
  const asked: number[] = [];
  const read = async ({ $gte, $lt }: { $gte: Date; $lt?: Date }) => {
    asked.push((now.getTime() - $gte.getTime()) / 60_000);
    const some = instants.filter((at) => at >= $gte.getTime() && (!$lt || at < $lt.getTime()));
    return some.sort((a, b) => b - a).slice(0, limit);
  };
  return { asked, read };
}

it('asks no further back than it must', async () => {
  const { asked, read } = made([ago(0.5), ago(10), ago(200), ago(9_000_000)], 2);
  expect(await latestFirst({ now, limit: 2 }, read)).toEqual([ago(0.5), ago(10)]);
  expect(asked).toEqual([1, 16]);
});

it('gives all where they are few, what comes from a clock that is ahead too, and nothing from before on', async () => {
  const instants = [ago(-1), ago(1), ago(9_000_000)];
  expect(await latestFirst({ now, limit: 5 }, made(instants, 5).read)).toEqual(instants);
  const before = new Date(ago(1));
  expect(await latestFirst({ now, before, limit: 5 }, made(instants, 5).read)).toEqual([ago(9_000_000)]);
});
