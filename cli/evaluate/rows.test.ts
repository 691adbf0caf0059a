import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { logReader } from './decision-log';
import { describeBad, readJsonLines, readTable } from './rows';
import { instantOf, readInteraction, readTransaction } from './tables';

let folder: string;
beforeAll(async () => (folder = await mkdtemp(join(tmpdir(), 'perene-rows-'))));
afterAll(() => rm(folder, { recursive: true }));

async function file(name: string, content: string | Buffer): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, content);
  return path;
}

const decision = (change: object = {}) =>
  JSON.stringify({
    context: [1, 2],
    actions: [{ id: 'a' }, { id: 'b' }],
    chosen: 'a',
    propensity: 0.5,
    reward: 1,
    ...change,
  });

describe('reading JSON Lines', () => {
  it('names bad rows by line and keeps the good ones', async () => {
    const path = await file(
      'log.jsonl',
      [
        decision(),
        '',
        '{"context":',
        decision({ chosen: 'c' }),
        decision({ propensity: 0 }),
        decision({ context: [1] }),
        decision({ actions: [{ id: 'a', features: [1] }, { id: 'b' }] }),
        decision({ actions: [{ id: 'a' }, { id: 'a' }] }),
        ...Array.from({ length: 9 }, () => decision({ reward: 0 })),
      ].join('\r\n'),
    );
    const { rows, bad } = await readJsonLines(path, logReader());
    expect(rows).toHaveLength(10);
    expect(bad.count).toBe(6);
    expect(bad.first.map(({ line }) => line)).toEqual([3, 4, 5, 6, 7, 8]);
    expect(bad.first[0]?.reason).toBe('is not JSON');
    expect(bad.first[1]?.reason).toContain('c is not among the actions');
    expect(bad.first[2]?.reason).toContain('propensity');
    expect(bad.first[3]?.reason).toContain('has 1 numbers, the first row 2');
    expect(describeBad('log.jsonl', bad).slice(0, 2)).toEqual([
      'log.jsonl: left out 6 bad rows',
      '  line 3: is not JSON',
    ]);
  });

  it('takes numbers as ids, and a gzipped file', async () => {
    const path = await file('log.bin', gzipSync(decision({ actions: [{ id: 7 }, { id: 8 }], chosen: 7 })));
    const { rows } = await readJsonLines(path, logReader());
    expect(rows[0]).toMatchObject({ chosen: '7', actions: [{ id: '7' }, { id: '8' }] });
  });

  it('stops where most rows are bad, and says why', async () => {
    const path = await file('bad.jsonl', ['{}', decision(), 'x'].join('\n'));
    await expect(readJsonLines(path, logReader())).rejects.toThrow(
      /most rows are bad[^]*line 3: is not JSON/,
    );
    await expect(readJsonLines(await file('empty.jsonl', ''), logReader())).rejects.toThrow('holds no row');
    await expect(readJsonLines(join(folder, 'absent'), logReader())).rejects.toThrow(
      'absent: there is no such file',
    );
    const torn = gzipSync(decision()).subarray(0, 40);
    await expect(readJsonLines(await file('torn.gz', torn), logReader())).rejects.toThrow();
  });
});

describe('reading tables', () => {
  it('goes by the header, whatever the order, quotes and byte-order mark', async () => {
    const path = await file(
      't.csv',
      '\uFEFFweight,item,extra,customer\r\n2,"tyres, winter",x,ana\r\n1,oil,y,bia\r\n',
    );
    const { rows, bad } = await readTable(path, ['customer', 'item'], readInteraction);
    expect(rows).toEqual([
      { customer: 'ana', item: 'tyres, winter', weight: 2 },
      { customer: 'bia', item: 'oil', weight: 1 },
    ]);
    expect(bad.count).toBe(0);
  });

  it('counts every pair once where there are no weights', async () => {
    const path = await file('plain.csv', 'customer,item\nana,oil\n');
    expect((await readTable(path, ['customer', 'item'], readInteraction)).rows).toEqual([
      { customer: 'ana', item: 'oil', weight: 1 },
    ]);
  });

  it('names bad rows by line', async () => {
    const good = Array.from({ length: 6 }, (_, i) => `ana,2026-01-0${i + 1},10`);
    const path = await file(
      'bad.csv',
      [
        'customer,date,amount',
        ...good,
        'ana,yesterday,5',
        'ana,2026-02-30,5',
        'ana,2026-01-01,-5',
        ',2026-01-01,5',
        'ana,2026-01-01',
      ].join('\n'),
    );
    const { rows, bad } = await readTable(path, ['customer', 'date', 'amount'], readTransaction);
    expect(rows).toHaveLength(6);
    expect(bad.first).toEqual([
      {
        line: 8,
        reason: 'date yesterday is not like 2026-03-31 or 2026-03-31T12:00:00Z, of the years 1900 to 2199',
      },
      {
        line: 9,
        reason: 'date 2026-02-30 is not like 2026-03-31 or 2026-03-31T12:00:00Z, of the years 1900 to 2199',
      },
      { line: 10, reason: 'amount -5 is not a number from 0 to 1e15' },
      { line: 11, reason: 'the customer is empty' },
      { line: 12, reason: 'has 2 fields, the header 3' },
    ]);
  });

  it('refuses a header that lacks a column', async () => {
    const path = await file('header.csv', 'who,what\nana,oil\n');
    await expect(readTable(path, ['customer', 'item'], readInteraction)).rejects.toThrow(
      'no column customer, item',
    );
  });

  it('knows dates with and without time and zone', () => {
    expect(instantOf('2026-03-31')).toBe(Date.UTC(2026, 2, 31));
    expect(instantOf('2026-03-31 12:30')).toBe(Date.UTC(2026, 2, 31, 12, 30));
    expect(instantOf('2026-03-31T12:30:00-03:00')).toBe(Date.UTC(2026, 2, 31, 15, 30));
    expect(instantOf('31/03/2026')).toBeUndefined();
    expect(instantOf('2026-03-31T25:00')).toBeUndefined();
  });
});
