import { setTimeout as sleep } from 'node:timers/promises';
import { isHeldOut } from '../api/routing/plan';
import { zoneOf } from '../activities/calendar';
import { winback } from '../workflows/journeys/winback';
import { costEach, costOf } from './cost';
import type { Place } from './place';
import type { Throughput } from './signups';
import { enterConsenting } from './consenting';

/** Events in one request. */
const batchSize = 100;

/**
 * Sends marketing e-mails as fast as it goes: customers lapse all at once, and each enters a journey that writes to them
 * through the e-mail queue, after consent, hours and contact caps were checked. Over when the last is accepted.
 */
export async function measureMarketing(place: Place, runs: number, name: string): Promise<Throughput> {
  const { http, processes, sink, store } = place;
  const timeZone = zoneAtNoon();
  const ids: string[] = [];
  for (let n = 0; ids.length < runs; n++) if (!isHeldOut(winback, `${name}-${n}`)) ids.push(`${name}-${n}`);
  const people = ids.map((id) => {
    return { id, profile: { email: `${id}@customers.example`, firstName: 'Ana', timeZone } };
  });
  await enterConsenting(store, people, ['email']);
  await sink.clear();
  const before = costOf(processes);
  const began = Date.now();
  for (let i = 0; i < ids.length; i += batchSize) {
    const batch = ids.slice(i, i + batchSize).map((userId) => ({
      type: 'track',
      userId,
      event: 'customer.lapsed',
      properties: { expectedOrders: 0.1, usualOrders: 1 },
    }));
    await http.post('/v1/batch', { batch });
  }
  while ((await sink.count()) < runs) await sleep(50);
  const cost = costEach(before, costOf(processes), runs);
  const seconds = (Math.max(...(await sink.accepted()).values()) - began) / 1_000;
  return { runs, seconds, perSecond: runs / seconds, cost };
}

/** A zone in which it is about noon, so that no message has to wait for its hours. */
export function zoneAtNoon(): string {
  const hoursAhead = 12 - new Date().getUTCHours();
  // The sign of these names is the other way round.
  return zoneOf(`Etc/GMT${hoursAhead > 0 ? '-' : '+'}${Math.abs(hoursAhead)}`, 'UTC');
}
