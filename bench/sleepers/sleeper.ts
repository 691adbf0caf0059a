import { setTimeout as sleep } from 'node:timers/promises';
import type { Place } from '../place';

/** Events in one request. */
const batchSize = 50;
/** Most runs that are under way to their sleep, so that the queue of work stays short. */
const underWay = 200;

const vehicleOf = (customer: string) => `${customer}-car`;
/** At which step a sleeper waits for its first reading, and at which for the one after so many. */
const waitAfter = (readings: number) =>
  readings === 0 ? 'waitFor:vehicle.odometer_read' : `waitFor:vehicle.odometer_read#${String(readings + 1)}`;

export const workflowOf = (customer: string) => `maintenance/${customer}/${vehicleOf(customer)}`;
export const runOf = (customer: string) => `${workflowOf(customer)}#1`;

/** Puts cars into the maintenance journey through the API; it then waits 351 days for an odometer reading. */
export async function putToSleep({ http, store }: Place, names: readonly string[]): Promise<void> {
  const sleeps = async (name: string) => (await store.enrolments.find(runOf(name)))?.step === waitAfter(0);
  for (let begun = 0; begun < names.length;) {
    const some = names.slice(begun, begun + batchSize);
    await http.post('/v1/batch', {
      batch: some.map((userId) => ({
        type: 'track',
        messageId: `${userId}-delivered`,
        userId,
        event: 'vehicle.delivered',
        properties: { vehicleId: vehicleOf(userId), model: 'Aurora' },
      })),
    });
    begun += some.length;
    const before = names[begun - underWay];
    while (before !== undefined && !(await sleeps(before))) await sleep(100);
  }
  for (const name of names) while (!(await sleeps(name))) await sleep(100);
}

/** Wakes a sleeper by a reading, of a car that stands still, and waits until it sleeps again; gives how long that took, milliseconds. */
export async function wake({ http, store }: Place, userId: string, reading: number): Promise<number> {
  const began = Date.now();
  await http.post('/v1/track', {
    messageId: `${userId}-reading-${String(reading)}`,
    userId,
    event: 'vehicle.odometer_read',
    properties: { vehicleId: vehicleOf(userId), odometerKm: 0 },
  });
  while ((await store.enrolments.find(runOf(userId)))?.step !== waitAfter(reading)) await sleep(5);
  return Date.now() - began;
}
