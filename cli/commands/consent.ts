import { readFile } from 'node:fs/promises';
import { basename, extname } from 'node:path';
import { Command } from 'commander';
import { MongoClient } from 'mongodb';
import { fileMark, importConsents, type ImportReport } from '../../api/consent-import';
import { verifyAllConsents, type ConsentVerdict } from '../../store/consent-verdict';
import { openStore, type Store } from '../../store/store';
import { findConfiguration } from '../demo/target';

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
      'Takes over what customers said elsewhere: CSV customerId,channel,topic,state,at,source,textVersion,proof, or JSON Lines of the same. Bad rows are named, the others taken; the same file again changes nothing.',
    )
    .argument('<file>', 'a .csv file, or one of JSON Lines')
    .option('--json', 'print one JSON value for programs', false)
    .action((file: string, { json }: { json: boolean }) =>
      withStore(async (store) => {
        const text = await readFile(file, 'utf8');
        const form = extname(file).toLowerCase() === '.csv' ? 'csv' : 'ndjson';
        const mark = fileMark(basename(file), text);
        const report = await importConsents(store, { text, form, file: mark }, new Date());
        process.stdout.write(json ? `${JSON.stringify(report, null, 2)}\n` : inWords(report));
        if (report.rows > 0 && report.refused === report.rows) process.exitCode = 1;
      }),
    );
}

function inWords({ rows, recorded, outdated, repeated, refused, refusals }: ImportReport): string {
  const lines = refusals.map(({ line, reason }) => `  line ${line}: ${reason}\n`);
  return `${rows} rows: ${recorded} recorded, ${outdated} recorded but something later stands, ${repeated} there before, ${refused} refused\n${lines.join('')}`;
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
