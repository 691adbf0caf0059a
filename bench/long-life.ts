import { setTimeout as sleep } from 'node:timers/promises';
import { costOfRun } from './actions';
import { enterConsenting } from './consenting';
import { openPlace, type Place } from './place';

/**
 * `npm run bench:long-life`: the events of five years of a customer whose car reports every week and is serviced about once
 * a year, each as soon as the run waits for it, and what each of their runs cost Temporal. The car stands still, so that no
 * service is due before its date and the runs only wait. Prints one JSON value.
 */
const [weeks, betweenServices] = [260, 49];
/** How long a week's step may take before it counts as lost, milliseconds. */
const patience = 60_000;

/** Temporal's part in one enrolment. */
interface LifeRun {
  readonly enrolment: string;
  readonly outcome: string;
  readonly executions: number;
  /** Events in the histories of all executions, and in the longest one. */
  readonly events: number;
  readonly longest: number;
  /** Size of the largest history of an execution, bytes. */
  readonly largest: number;
  readonly actions: number;
}

async function live({ http, store, client }: Place, say: (line: string) => void): Promise<LifeRun[]> {
  const customerId = 'long-lived';
  const car = { vehicleId: 'car', model: 'Aurora' };
  const profile = { email: 'long-lived@customers.example' };
  await enterConsenting(store, [{ id: customerId, profile }], ['email']);
  const track = (event: string, properties: object) =>
    http.post('/v1/track', { userId: customerId, event, properties });
  const waits = async (n: number, step: string): Promise<void> => {
    const end = Date.now() + patience;
    for (;;) {
      const run = await store.enrolments.find(`maintenance/${customerId}/car#${String(n)}`);
      if (run?.step === step) return;
      if (Date.now() > end)
        throw new Error(`Run ${String(n)} stands at "${run?.step ?? 'no step'}", not "${step}".`);
      await sleep(10);
    }
  };

  await track('vehicle.delivered', car);
  let cycle = 1;
  let reading = 1;
  for (let n = 1; n <= weeks; n++) {
    await waits(cycle, `waitFor:vehicle.odometer_read${reading === 1 ? '' : `#${String(reading)}`}`);
    if (n % betweenServices === 0) {
      await track('service.booked', { ...car, odometerKm: 0 });
      [cycle, reading] = [cycle + 1, 1];
      say(`week ${String(n)} of ${String(weeks)}`);
    } else {
      await track('vehicle.odometer_read', { vehicleId: 'car', odometerKm: 0 });
      reading += 1;
    }
  }
  await track('customer.churned', {});
  await sleep(2_000);
  return runsOf({ store, client }, `maintenance/${customerId}/car`);
}

async function runsOf(
  { store, client }: Pick<Place, 'store' | 'client'>,
  workflowId: string,
): Promise<LifeRun[]> {
  const executions: { runId: string; at: number; enrolment: string; length: number; size: number }[] = [];
  for await (const found of client.workflow.list({ query: `WorkflowId = '${workflowId}'` })) {
    const { runId, startTime, memo, historyLength, historySize = 0 } = found;
    const enrolment = String(memo?.['enrolment']);
    executions.push({ runId, at: startTime.getTime(), enrolment, length: historyLength, size: historySize });
  }
  executions.sort((a, b) => a.at - b.at);
  const rows: LifeRun[] = [];
  for (const enrolment of new Set(executions.map((each) => each.enrolment))) {
    const own = executions.filter((each) => each.enrolment === enrolment);
    const { events, total } = await costOfRun(client, workflowId, own[0]?.runId);
    rows.push({
      enrolment,
      outcome: (await store.enrolments.find(enrolment))?.outcome ?? 'open',
      executions: own.length,
      events,
      longest: Math.max(...own.map(({ length }) => length)),
      largest: Math.max(...own.map(({ size }) => size)),
      actions: total,
    });
  }
  return rows;
}

async function main(): Promise<void> {
  const say = (line: string) => void process.stderr.write(`${line}\n`);
  const place = await openPlace(say);
  try {
    process.stdout.write(`${JSON.stringify(await live(place, say), null, 2)}\n`);
  } finally {
    await place.close();
  }
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
