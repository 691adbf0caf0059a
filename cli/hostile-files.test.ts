import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { testApi, type TestApi } from '../test/api';
import { uniqueName } from '../test/servers';
import type * as program from './perene';

let folder: string;
let api: TestApi;
let ana: string;
let main: typeof program.main;
const { env } = process;
const untouched = { ...env };
beforeAll(async () => {
  // Beside it stands the script that sets up what is missing first.
  ({ main } = (await import(join(__dirname, 'perene.ts'))) as typeof program);
  folder = await mkdtemp(join(tmpdir(), 'perene-hostile-'));
  await mkdir(join(folder, 'folder.csv'));
  api = await testApi();
  ana = uniqueName('ana');
  await api.post('/v1/customers', { id: ana, email: `${ana}@example.com` });
  Object.assign(env, {
    PERENE_DATA_DIR: join(folder, 'none'),
    PERENE_ADMIN_KEY: 'an-admin-key-of-the-tests',
    PERENE_WRITE_KEY: 'a-write-key-of-the-tests',
    PERENE_SECRET: 'a secret of the tests, long enough to be one',
    MONGODB_URI: api.database.uri,
    TEMPORAL_ADDRESS: 'localhost:1',
    SMTP_URL: 'smtp://localhost:1',
  });
});
afterAll(async () => {
  process.env = untouched;
  await api.close();
  await rm(folder, { recursive: true });
});

/** Runs a command in this process. */
async function perene(...args: string[]) {
  const said = { stdout: '', stderr: '' };
  const listen = (stream: 'stdout' | 'stderr') =>
    jest.spyOn(process[stream], 'write').mockImplementation((text) => {
      said[stream] += String(text);
      return true;
    });
  const spies = [listen('stdout'), listen('stderr')];
  const before = process.exitCode;
  process.exitCode = 0;
  try {
    await main(['node', 'perene', ...args]);
    return { ...said, status: process.exitCode };
  } finally {
    process.exitCode = before;
    for (const spy of spies) spy.mockRestore();
  }
}

/** A command that reads a file, and a row that it takes. */
interface Reader {
  readonly args: (path: string) => string[];
  readonly extension: 'csv' | 'jsonl';
  readonly header?: string;
  readonly row: (change?: Readonly<Record<string, string>>) => string;
  /** How many rows it is given at most here. */
  readonly many: number;
  /** Values that a row cannot have, by the field. */
  readonly bad: readonly (readonly [field: string, value: string])[];
}

const fields = (values: Record<string, string>, change: Readonly<Record<string, string>> = {}): string =>
  Object.values({ ...values, ...change }).join(',');
const decision = {
  context: '[1]',
  actions: '[{"id":"a"},{"id":"b"}]',
  chosen: '"a"',
  propensity: '0.5',
  reward: '1',
};
const json = (values: Readonly<Record<string, string>>): string =>
  `{${Object.entries(values)
    .map(([name, value]) => `"${name}":${value}`)
    .join(',')}}`;

const odd = [
  'NaN',
  'Infinity',
  '-Infinity',
  '-1',
  '1e999',
  '1e300',
  '1,5'.replace(',', ';'),
  '=1+1',
  '\u001b[31m9',
];
const readers: Readonly<Record<string, Reader>> = {
  'consent import': {
    many: 200_000,
    args: (path) => ['consent', 'import', path],
    extension: 'csv',
    header: 'customerId,channel,topic,state,at,source,textVersion,proof',
    row: (change) =>
      fields(
        {
          customerId: ana,
          channel: 'email',
          topic: '',
          state: 'given',
          at: '2024-05-31T14:00:00Z',
          source: 'crm',
          textVersion: '',
          proof: '',
        },
        change,
      ),
    bad: [
      ['customerId', ''],
      ['customerId', 'nobody'],
      ['customerId', "=cmd|' /C calc'!A0"],
      ['customerId', '\u001b[31mana'],
      ['channel', 'fax'],
      ['topic', 'weather'],
      ['state', 'maybe'],
      ['at', '0001-01-01T00:00:00Z'],
      ['at', '9999-12-31T00:00:00Z'],
      ['at', '2024-02-30T00:00:00Z'],
      ['at', 'NaN'],
      ['source', ''],
      ['proof', 'x'.repeat(600)],
      ['proof', 'a,b'],
    ],
  },
  'evaluate bandit': {
    many: 20_000,
    args: (path) => ['evaluate', 'bandit', '--log', path],
    extension: 'jsonl',
    row: (change) => json({ ...decision, ...change }),
    bad: [
      ...odd
        .slice(0, 3)
        .flatMap((value) => ['context', 'reward'].map((field) => [field, `[${value}]`] as const)),
      ['context', '["=1+1"]'],
      ['context', '[1e300]'],
      ['actions', '[]'],
      ['actions', '[{"id":"a"},{"id":"a"}]'],
      ['chosen', '"\\u001b[31mc"'],
      ['propensity', '0'],
      ['propensity', '-0.5'],
      ['propensity', '1.5'],
      ['propensity', '1e-300'],
      ['reward', '1e999'],
      ['reward', '"1"'],
    ],
  },
  'evaluate ranking': {
    many: 20_000,
    args: (path) => ['evaluate', 'ranking', '--train', path, '--test', path, '--factors', '2'],
    extension: 'csv',
    header: 'customer,item,weight',
    row: (change) => fields({ customer: 'ana', item: 'oil', weight: '1' }, change),
    bad: [['customer', ''], ['item', ''], ['item', 'a,b'], ...odd.map((value) => ['weight', value] as const)],
  },
  'evaluate clv': {
    many: 200_000,
    args: (path) => ['evaluate', 'clv', '--transactions', path],
    extension: 'csv',
    header: 'customer,date,amount',
    row: (change) => fields({ customer: 'ana', date: '2026-01-31', amount: '10' }, change),
    bad: [
      ...['', '2026-02-30', '31/01/2026', '0001-01-01', '9999-12-31', '=TODAY()', '+275760-09-13'].map(
        (date) => ['date', date] as const,
      ),
      ...['', ...odd].map((amount) => ['amount', amount] as const),
      ['customer', ''],
      ['customer', 'a,b'],
    ],
  },
};

async function fileOf({ extension }: Pick<Reader, 'extension'>, content: string | Buffer): Promise<string> {
  const path = join(folder, `${uniqueName('file')}.${extension}`);
  await writeFile(path, content);
  return path;
}
const linesOf = ({ header, row }: Reader, rows: readonly string[] = [row(), row()]): string[] => [
  ...(header === undefined ? [] : [header]),
  ...rows,
];
const statements = () => api.store.consents.collection.countDocuments();

/** Holds a command to have failed by a message that says what is wrong where, and to have left nothing behind. */
async function expectRefused(reader: Reader, path: string, message: RegExp): Promise<void> {
  const before = await statements();
  const { status, stdout, stderr } = await perene(...reader.args(path));
  const said = stdout + stderr;
  expect({ said, status }).toEqual({ said, status: 1 });
  expect(said).toContain(path);
  expect(said).toMatch(message);
  expect(said).not.toMatch(/^\s+at |node:internal|[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202e]/m);
  expect(said.length).toBeLessThan(9_000);
  expect(await statements()).toBe(before);
}

/** Files that are none, whatever is read from them. */
const files: Readonly<
  Record<string, readonly [content: (reader: Reader) => string | Buffer, message: RegExp]>
> = {
  'nothing at all': [() => '', /holds no row/],
  'blank lines': [() => '\r\n\r\n \n', /holds no row|no column/],
  'bytes at random': [
    () => Buffer.from(Array.from({ length: 4_096 }, (_, n) => (n * n * 7 + (n >> 3)) & 255)),
    /line \d+ (is not UTF-8|holds a null byte|begins as UTF-16)/,
  ],
  nulls: [(reader) => `${linesOf(reader).join('\n')}\n\u0000`, /line \d+ holds a null byte/],
  'UTF-16 with its mark': [
    (reader) => Buffer.from(`\uFEFF${linesOf(reader).join('\n')}`, 'utf16le'),
    /line 1 begins as UTF-16 does: save the file as UTF-8/,
  ],
  'Latin-1': [
    (reader) => Buffer.from(linesOf(reader, [reader.row(), 'José']).join('\n'), 'latin1'),
    /line \d is not UTF-8: save it with that encoding/,
  ],
  'a gigantic line': [
    (reader) => `${linesOf(reader).join('\n')}\n${'x'.repeat(17 * 1_048_576)}`,
    /line \d is longer than 16 MiB/,
  ],
  'a gzip that is cut off': [
    (reader) => gzipSync(linesOf(reader).join('\n')).subarray(0, -12),
    /gzip is broken or cut off; pack it again/,
  ],
  'a gzip that is none': [() => Buffer.from([0x1f, 0x8b, 1, 2, 3, 4]), /gzip is broken or cut off/],
};

describe.each(Object.entries(readers))('perene %s', (_, reader) => {
  it.each(Object.entries(files))('refuses a file that is %s', async (_what, [content, message]) => {
    await expectRefused(reader, await fileOf(reader, content(reader)), message);
  });

  it('refuses a folder, and what is not there', async () => {
    await expectRefused(reader, join(folder, 'folder.csv'), /it is a folder, not a file/);
    await expectRefused(reader, join(folder, 'absent.csv'), /there is no such file/);
    await expectRefused(reader, join(folder, 'folder.csv', 'below.csv'), /there is no such file/);
    await expectRefused(reader, join(folder, 'a'.repeat(300)), /there is no such file/);
  });

  if (reader.header !== undefined) {
    it('refuses other columns, and quotes that do not close', async () => {
      await expectRefused(reader, await fileOf(reader, 'who,what\nana,oil\n'), /header has no column/);
      const open = linesOf(reader, [reader.row(), `"${reader.row()}`, reader.row()]).join('\n');
      await expectRefused(reader, await fileOf(reader, open), /line \d.*quotes? /);
      const inside = linesOf(reader, [reader.row(), `a"b"c"${reader.row()}`]).join('\n');
      await expectRefused(reader, await fileOf(reader, inside), /line \d.*quotes? |line 3: /);
    });
  }

  it('names the line of a row with a value that cannot be', async () => {
    for (const [field, value] of reader.bad) {
      const lines = linesOf(reader, [reader.row({ [field]: value }), reader.row()]);
      const line = lines.length - 1;
      await expectRefused(reader, await fileOf(reader, lines.join('\n')), new RegExp(`line ${line}: `));
    }
  });

  it('looks through very many rows before it says that most are bad', async () => {
    const [field = '', value = ''] = reader.bad[0] ?? [];
    const row = reader.row({ [field]: value });
    const rows = Array.from({ length: reader.many }, (_row, n) => (n === 5 ? reader.row() : row));
    const path = await fileOf(reader, linesOf(reader, rows).join('\r\n'));
    await expectRefused(
      reader,
      path,
      new RegExp(`line 2: [^]*(and ${reader.many - 21}|and ${reader.many - 101}) more`),
    );
  });
});

it('imports nothing of a file with one bad row, or the others where it is told so', async () => {
  const reader = readers['consent import'] as Reader;
  const one = (topic: string) => reader.row({ topic, at: '2020-01-01T00:00:00Z' });
  const path = await fileOf(
    reader,
    `\uFEFF${linesOf(reader, [one('offers'), one('weather'), one('offers')]).join('\r\n')}`,
  );
  await expectRefused(
    reader,
    path,
    /line 3: topic: [^]*nothing was imported: mend the rows that are named, or take only the others with --skip-bad/,
  );
  const before = await statements();
  const told = await perene(...reader.args(path), '--skip-bad');
  expect(told).toMatchObject({ status: 0, stderr: '' });
  expect(told.stdout).toMatch(
    /^3 rows: 1 recorded, 0 recorded but something later stands, 1 there before, 1 refused\n {2}line 3: topic/,
  );
  expect(await statements()).toBe(before + 1);
});

it('fails by the usage where a file or an option is missing or none', async () => {
  for (const args of [
    ['consent', 'import'],
    ['evaluate', 'clv'],
    ['evaluate', 'ranking', '--train', 'x'],
    ['evaluate', 'bandit', '--log', 'x', '--exploration', 'NaN'],
    ['evaluate', 'clv', '--transactions', 'x', '--calibration-end', '2026-02-30'],
  ]) {
    expect((await perene(...args)).status).toBe(2);
  }
});
