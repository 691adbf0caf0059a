import { Command } from 'commander';
import { MongoClient } from 'mongodb';
import { customerCollection } from '../../store/customers';
import { enrolmentCollection } from '../../store/enrolments';
import { eventCollection } from '../../store/events';
import { journeys } from '../../workflows/journeys';
import { checkJourneys, worstOf } from '../check/check';
import { describeChecked } from '../check/report';
import { findConfiguration } from '../demo/target';

interface Flags {
  readonly strict: boolean;
  readonly json: boolean;
}

const more = `
Exit status: 0, or 1 when a journey with people inside is gone or its function fails for some of them; with --strict also
when a step at which somebody waits is gone, a new step is passed over, or a step somebody has done is gone.
`;

/** `perene check`: what the journeys of the working tree do to those inside, before they are deployed. */
export function checkCommand(): Command {
  return new Command('check')
    .description(
      'Tells what edited journeys do to the customers inside, before you deploy them. Changes nothing.',
    )
    .option('--strict', 'fail for every change that somebody inside would notice', false)
    .option('--json', 'print one JSON value for programs', false)
    .addHelpText('after', more)
    .action(run);
}

async function run({ strict, json }: Flags): Promise<void> {
  const configuration = await findConfiguration(process.env);
  if (!configuration)
    throw new Error('No running system was found: `npm start`, or set MONGODB_URI and the rest.');
  const { uri, database } = configuration.mongodb;
  const client = new MongoClient(uri, { serverSelectionTimeoutMS: 5_000, appName: 'perene-check' });
  try {
    const db = client.db(database);
    const checked = await checkJourneys(journeys, {
      customers: customerCollection(db),
      enrolments: enrolmentCollection(db),
      events: eventCollection(db),
    });
    const severities = checked.map(worstOf);
    process.stdout.write(
      json ? `${JSON.stringify({ journeys: checked }, errorsAsText, 2)}\n` : describeChecked(checked),
    );
    if (severities.includes('broken') || (strict && severities.includes('changed'))) process.exitCode = 1;
  } finally {
    await client.close();
  }
}

const errorsAsText = (_key: string, value: unknown): unknown =>
  value instanceof Error ? value.message : value;
