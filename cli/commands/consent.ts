import { basename } from 'node:path';
import { Command } from 'commander';
import { MongoClient } from 'mongodb';
import { fileMark, importConsents, type ImportReport } from '../../api/consent-import';
import { verifyAllConsents, type ConsentVerdict } from '../../store/consent-verdict';
import { openStore, type Store } from '../../store/store';
import { findConfiguration } from '../demo/target';
import { readText } from '../text-file';

interface VerifyFlags {
  readonly customer?: string;
  readonly json: boolean;
}

/** `perene consent`: the ledger of what customers said of marketing. */
export function consentCommand(): Command {
  return new Command('consent')
    .description('Proves the ledger of consent, and takes consent over from other systems.')
    .addCommand(importCommand())
    .addCommand(verifyCommand());
}

function importCommand(): Command {
  return new Command('import')
    .description(
      'Takes over what customers said elsewhere: CSV customerId,channel,topic,state,at,source,textVersion,proof, or JSON Lines of the same. Where a row is bad nothing is taken and it is named; the same file again changes nothing.',
    )
    .argument('<file>', 'a .csv file, or one of JSON Lines')
    .option('--skip-bad', 'take the other rows where some are bad', false)
    .option('--json', 'print one JSON value for programs', false)
    .action(importFile);
}

/** Most characters of a file that is read as a whole. */
const longestFile = 256 * 1_048_576;

async function importFile(
  file: string,
  { json, skipBad }: { readonly json: boolean; readonly skipBad: boolean },
): Promise<void> {
  let text = '';
  for await (const piece of readText(file)) {
    text += piece;
    if (text.length > longestFile)
      throw new Error(`${file}: is larger than 256 MiB: split it, each part with its header.`);
  }
  if (text.trim() === '') throw new Error(`${file}: holds no row: is it the right file?`);
  const form = /\.csv(\.gz)?$/i.test(file) ? 'csv' : 'ndjson';
  const name = fileMark(basename(file), text);
  await withStore(async (store) => {
    const report = await importConsents(
      store,
      { text, form, file: name, isWhole: !skipBad },
      new Date(),
    ).catch((error: unknown) => {
      if (error instanceof Error && 'problem' in error) error.message = `${file}: ${error.message}`;
      throw error;
    });
    const { rows, refused } = report;
    const isTaken = rows > 0 && (skipBad ? refused < rows : refused === 0);
    process.stdout.write(json ? `${JSON.stringify(report, null, 2)}\n` : inWords(report));
    if (!isTaken) {
      process.exitCode = 1;
      process.stderr.write(
        `${file}: nothing was imported: mend the rows that are named${skipBad ? '' : ', or take only the others with --skip-bad'}.\n`,
      );
    }
  });
}

function inWords({ rows, recorded, outdated, repeated, refused, refusals }: ImportReport): string {
  const lines = refusals.map(({ line, reason }) => `  line ${line}: ${reason}\n`);
  const more = refused > refusals.length ? `  and ${refused - refusals.length} more\n` : '';
  return `${rows} rows: ${recorded} recorded, ${outdated} recorded but something later stands, ${repeated} there before, ${refused} refused\n${lines.join('')}${more}`;
}

function verifyCommand(): Command {
  return new Command('verify')
    .description(
      'Looks for statements that were changed, removed or put elsewhere since they were recorded. Exits with 1 where there is one.',
    )
    .option('--customer <id>', 'only this customer')
    .option('--json', 'print one JSON value for programs', false)
    .action((flags: VerifyFlags) => withStore((store) => verify(store, flags)));
}

async function verify(store: Store, { customer, json }: VerifyFlags): Promise<void> {
  let entries = 0;
  let customers = 0;
  const broken: ConsentVerdict[] = [];
  for await (const verdict of verifyAllConsents(store, customer)) {
    customers++;
    entries += verdict.entries;
    if (!verdict.verified) broken.push(verdict);
  }
  const lines = broken.map(
    ({ customerId, broken: at }) => `  ${customerId}: entry ${at?.seq ?? 0} ${at?.reason ?? ''}\n`,
  );
  process.stdout.write(
    json
      ? `${JSON.stringify({ customers, entries, broken }, null, 2)}\n`
      : `${customers} ${customers === 1 ? 'customer' : 'customers'}, ${entries} statements: ${broken.length === 0 ? 'whole' : `${broken.length} broken`}\n${lines.join('')}`,
  );
  if (broken.length > 0) process.exitCode = 1;
}

/** Works on the store of the system that runs here, or that the environment leads to. */
export async function withStore(work: (store: Store) => Promise<void>): Promise<void> {
  const configuration = await findConfiguration(process.env);
  if (!configuration)
    throw new Error('No running system was found: `npm start`, or set MONGODB_URI and the rest.');
  const { uri, database } = configuration.mongodb;
  const client = await MongoClient.connect(uri, { serverSelectionTimeoutMS: 5_000 });
  try {
    await work(await openStore(client.db(database), client));
  } finally {
    await client.close();
  }
}
