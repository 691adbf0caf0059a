import { setTimeout as sleep } from 'node:timers/promises';
import { concurrently } from '../api/routing/concurrently';
import { costEach, costOf, type Cost } from './cost';
import type { Place } from './place';
import { zoneAtNoon } from './marketing';
import { quantiles, type Quantiles } from './quantiles';

/** How fast something was done, from the first request to the last result. */
export interface Throughput {
  readonly runs: number;
  readonly seconds: number;
  readonly perSecond: number;
  /** Processor milliseconds a run, by process. */
  readonly cost: Cost;
}

/** Requests under way at the same time. */
export const atOnce = 50;

const signup = (id: string) => ({
  id,
  email: `${id}@customers.example`,
  firstName: 'Ana',
  lastName: 'Souza',
  locale: 'pt-BR',
  timeZone: zoneAtNoon(),
  consent: { email: true, sms: true },
});

/** Signs customers up, `atOnce` at a time; over when the last welcome e-mail is accepted. */
export async function measureSignups(place: Place, runs: number, name: string): Promise<Throughput> {
  await place.sink.clear();
  const ids = Array.from({ length: runs }, (_, n) => `${name}-${n}`);
  const before = costOf(place.processes);
  const began = Date.now();
  await concurrently(ids, atOnce, async (id) => {
    await place.http.post('/v1/customers', signup(id));
  });
  while ((await place.sink.count()) < runs) await sleep(50);
  const cost = costEach(before, costOf(place.processes), runs);
  const last = Math.max(...(await place.sink.accepted()).values());
  return throughput(runs, last - began, cost);
}

/** Starts bare workflows, `atOnce` at a time; over when the last has completed. */
export async function measureFloor(place: Place, runs: number, name: string): Promise<Throughput> {
  const { client, processes } = place;
  const ids = Array.from({ length: runs }, (_, n) => `${name}-${n}`);
  const query = `WorkflowType = 'floor' AND ExecutionStatus = 'Completed'`;
  const { count: earlier } = await client.workflow.count(query);
  const before = costOf(processes);
  const began = Date.now();
  await concurrently(ids, atOnce, async (workflowId) => {
    await client.workflow.start('floor', { workflowId, taskQueue: 'floor' });
  });
  while ((await client.workflow.count(query)).count < earlier + runs) await sleep(50);
  const ended = Date.now();
  return throughput(runs, ended - began, costEach(before, costOf(processes), runs));
}

/** Milliseconds from the request of a signup to the accepted e-mail, at a steady low rate. */
export async function measureLatency(
  place: Place,
  {
    perSecond,
    seconds,
    name,
  }: { readonly perSecond: number; readonly seconds: number; readonly name: string },
): Promise<Quantiles> {
  await place.sink.clear();
  const sent = new Map<string, number>();
  const requests: Promise<unknown>[] = [];
  const began = Date.now();
  for (let n = 0; n < perSecond * seconds; n++) {
    await sleep(Math.max(0, began + (n * 1_000) / perSecond - Date.now()));
    const body = signup(`${name}-${n}`);
    sent.set(body.email, Date.now());
    requests.push(place.http.post('/v1/customers', body));
  }
  await Promise.all(requests);
  let accepted = await place.sink.accepted();
  while ([...sent.keys()].some((address) => !accepted.has(address))) {
    await sleep(200);
    accepted = await place.sink.accepted();
  }
  return quantiles([...sent].map(([address, at]) => (accepted.get(address) ?? Infinity) - at));
}

/** Several measurements of the same as one. */
export function together(parts: readonly Throughput[]): Throughput {
  const runs = parts.reduce((sum, part) => sum + part.runs, 0);
  const seconds = parts.reduce((sum, part) => sum + part.seconds, 0);
  const cost = new Map<string, number>();
  for (const part of parts) {
    for (const [name, each] of Object.entries(part.cost)) {
      cost.set(name, (cost.get(name) ?? 0) + (each * part.runs) / runs);
    }
  }
  return { runs, seconds, perSecond: runs / seconds, cost: Object.fromEntries(cost) };
}

function throughput(runs: number, milliseconds: number, cost: Cost): Throughput {
  return { runs, seconds: milliseconds / 1_000, perSecond: (runs * 1_000) / milliseconds, cost };
}
