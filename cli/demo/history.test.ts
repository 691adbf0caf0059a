import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { sharedTransactions } from './cast';
import { inventHistories, parseTransactions, sampleHistories } from './history';

const day = 86_400_000;
const now = Date.UTC(2026, 2, 2, 15);
const file = sharedTransactions(join(__dirname, '..', '..'));
const withFile = existsSync(file) ? it : it.skip;

describe('a file of transactions', () => {
  it('is read by customer, in minor units at the prices of a workshop', () => {
    const csv = 'customer,date,amount\n7,1997-01-02,29.33\n9,1997-03-01,10\r\n7,1997-01-01,0.50\n';
    expect([...parseTransactions(csv)]).toEqual([
      [
        '7',
        [
          { at: Date.UTC(1997, 0, 2), amount: 58_660 },
          { at: Date.UTC(1997, 0, 1), amount: 1_000 },
        ],
      ],
      ['9', [{ at: Date.UTC(1997, 2, 1), amount: 20_000 }]],
    ]);
  });

  it.each([
    ['who,when,what\n', 'The first line must be customer,date,amount.'],
    ['customer,date,amount\n7,1997-01-02,1\n7,2 Jan 1997,1\n', 'Line 3 is no purchase: 7,2 Jan 1997,1'],
    ['customer,date,amount\n7,1997-01-02,much\n', 'Line 2 is no purchase'],
    ['customer,date,amount\n7,1997-01-02,\n', 'Line 2 is no purchase'],
    ['customer,date,amount\n,1997-01-02,1\n', 'Line 2 is no purchase'],
  ])('is refused with the line that is wrong: %j', (csv, message) => {
    expect(() => parseTransactions(csv)).toThrow(message);
  });

  withFile('gives the purchases of real customers', () => {
    const customers = parseTransactions(readFileSync(file, 'utf8'));
    expect(customers.size).toBe(2_357);
    expect([...customers.values()].flat()).toHaveLength(6_919);
  });
});

describe('a sample of histories', () => {
  const customers = new Map(
    Array.from({ length: 10 }, (_, i) => [
      String(i),
      [
        { at: i * 10 * day, amount: i },
        { at: i * day, amount: i },
      ],
    ]),
  );

  it('keeps who bought when, moved so that the file ends eight days ago', () => {
    const histories = sampleHistories(customers, { count: 10, run: 1, now });
    expect(histories).toHaveLength(10);
    expect(histories[9]).toEqual([
      { at: now - 8 * day - 81 * day, amount: 9 },
      { at: now - 8 * day, amount: 9 },
    ]);
    expect(histories[3]?.map(({ at }) => at)).toEqual([now - 95 * day, now - 68 * day]);
  });

  it('takes other customers for another run, and never one twice', () => {
    const sample = (run: number, count: number) =>
      sampleHistories(customers, { count, run, now }).map(([first]) => first?.amount);
    expect(sample(1, 5)).toEqual([0, 2, 4, 6, 8]);
    expect(sample(2, 5)).toEqual([1, 3, 5, 7, 9]);
    expect(new Set(sample(3, 12)).size).toBe(10);
  });
});

it('invents purchases that are history, oldest first', () => {
  const histories = inventHistories({ count: 200, run: 1, now });
  expect(histories).toHaveLength(200);
  for (const purchases of histories) {
    const times = purchases.map(({ at }) => at);
    expect(times).toEqual(times.toSorted((a, b) => a - b));
    expect(purchases.length).toBeGreaterThan(0);
    expect(times.at(-1)).toBeLessThanOrEqual(now - 8 * day);
  }
  expect(inventHistories({ count: 200, run: 1, now })).toEqual(histories);
  expect(histories.filter(({ length }) => length > 1).length).toBeGreaterThan(50);
});
