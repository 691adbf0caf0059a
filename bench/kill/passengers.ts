import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { isHeldOut } from '../../api/routing/plan';
import { demoClock } from '../../cli/demo/pace';
import { journeys } from '../../workflows/journeys';
import type { Place } from '../place';
import { enterConsenting } from '../consenting';
import { channels } from '../../domain/messages';

/** A customer of the kill test: which journey they are to pass through, and what they do on the way. */
interface Passenger {
  readonly id: string;
  readonly journey: string;
  readonly happenings: readonly {
    readonly day: number;
    readonly event: string;
    readonly properties: object;
  }[];
}

/** What customers do, by journey and by turns: some move through it by events, some by time alone. */
const lives: Readonly<Record<string, readonly Passenger['happenings'][]>> = {
  onboarding: [
    [{ day: 0, event: 'customer.signed_up', properties: {} }],
    [
      { day: 0, event: 'customer.signed_up', properties: {} },
      { day: 1, event: 'profile.completed', properties: {} },
    ],
    [
      { day: 0, event: 'customer.signed_up', properties: {} },
      { day: 12, event: 'order.completed', properties: { orderId: 'first' } },
    ],
  ],
  upsell: [
    [
      { day: 0, event: 'order.delivered', properties: { orderId: 'bought' } },
      { day: 9, event: 'offer.viewed', properties: { offerId: 'tyres' } },
    ],
    [{ day: 0, event: 'order.delivered', properties: { orderId: 'bought' } }],
  ],
  winback: [
    [
      { day: 0, event: 'customer.lapsed', properties: { expectedOrders: 0.1, usualOrders: 1 } },
      { day: 3, event: 'page.viewed', properties: {} },
    ],
    [{ day: 0, event: 'customer.lapsed', properties: { expectedOrders: 0.1, usualOrders: 1 } }],
  ],
  maintenance: [
    [
      { day: 0, event: 'vehicle.delivered', properties: { vehicleId: 'car', model: 'Aurora' } },
      { day: 4, event: 'vehicle.odometer_read', properties: { vehicleId: 'car', odometerKm: 9_000 } },
    ],
  ],
};

/** The journeys that passengers have lives for. */
const passed = journeys.filter(({ name }) => name in lives);

/** Some customers, an equal number for each of these journeys, none of them in its control group. */
export function passengers(count: number): Passenger[] {
  const people: Passenger[] = [];
  for (let n = 0; people.length < count; n++) {
    const journey = passed[people.length % passed.length];
    if (!journey) throw new Error('There is no journey.');
    const id = `${journey.name}-${n}`;
    const choices = lives[journey.name] ?? [];
    const happenings = choices[n % choices.length] ?? [];
    if (!isHeldOut(journey, id)) people.push({ id, journey: journey.name, happenings });
  }
  return people;
}

/** The ids of the runs that passengers open. */
export const runOf = ({ id, journey }: Passenger): string =>
  journey === 'maintenance' ? `${journey}/${id}/car#1` : `${journey}/${id}#1`;

/**
 * Lets passengers in, evenly over some time, and lets each live: one of their days lasts `day` real milliseconds. What a
 * server refuses or does not answer is told again under the same id, as Segment's clients do.
 */
export async function sendThrough(
  place: Place,
  people: readonly Passenger[],
  { over, day }: { readonly over: number; readonly day: number },
): Promise<void> {
  await enterConsenting(
    place.store,
    people.map(({ id }, n) => ({
      id,
      profile: {
        email: `${id}@customers.example`,
        phone: `+551198${String(1_000_000 + n)}`,
        firstName: 'Ana',
        timeZone: 'America/Sao_Paulo',
        attributes: { orders: 3 },
        clock: demoClock(Date.now(), day),
      },
    })),
    channels,
  );
  const began = Date.now();
  await Promise.all(
    people.map(async ({ id, happenings }, n) => {
      for (const { day: onDay, event, properties } of happenings) {
        await sleep(Math.max(0, began + (n * over) / people.length + onDay * day - Date.now()));
        await untilTaken(place, { type: 'track', messageId: randomUUID(), userId: id, event, properties });
      }
    }),
  );
}

async function untilTaken({ http }: Place, call: object): Promise<void> {
  for (;;) {
    try {
      await http.post('/v1/batch', { batch: [call] });
      return;
    } catch {
      await sleep(500);
    }
  }
}
