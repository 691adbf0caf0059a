import { beforeEachOnEmptyStore } from '../test/empty-store';
import type { Store } from './store';

const now = Date.now();
const day = 86_400_000;

let store: Store;
beforeEachOnEmptyStore((opened) => {
  store = opened;
});

const record = (n: number, at: number) =>
  store.audit.record({
    ...{ at: new Date(at), actor: 'key', act: 'DELETE /v1/customers/:id' },
    ...{ subject: { id: `c${String(n)}` }, status: 202 },
  });

/** Goes through the log page by page; gives whom its entries are about. */
async function read(limit: number): Promise<string[]> {
  const seen: string[] = [];
  for (let before: string | undefined; ;) {
    const page = await store.audit.page(before, limit);
    seen.push(...page.map(({ subject }) => subject['id'] ?? ''));
    if (page.length < limit) return seen;
    before = page.at(-1)?._id;
  }
}

it('is read page by page, latest first, and none twice or never: also of one instant, and of years ago', async () => {
  // Five of each instant, in the order of time from years ago to what other clocks take for now.
  const ages = [3_000, 800, 90, 2, 1, 0.5, 0.04, 0.01, 0, -0.01];
  for (const [n, age] of ages.entries()) {
    for (let k = 0; k < 5; k++) await record(5 * n + k, now - age * day);
  }
  const all = Array.from({ length: 50 }, (_, n) => `c${String(n)}`).sort();
  for (const limit of [3, 7, 100]) {
    const seen = await read(limit);
    expect(seen.toSorted()).toEqual(all);
    const groups = seen.map((id) => Math.floor(Number(id.slice(1)) / 5));
    expect(groups).toEqual(groups.toSorted((a, b) => b - a));
  }
});

it('is read from an instant on', async () => {
  for (const [n, age] of [30, 20, 10].entries()) await record(n, now - age * day);
  const before = new Date(now - 20 * day).toISOString();
  expect((await store.audit.page(before, 10)).map(({ subject }) => subject)).toEqual([{ id: 'c0' }]);
});
