import { customerTime } from '../../domain/clock';
import type { EventName } from '../../domain/events';
import { segments, type SegmentName } from '../../domain/segments';
import type { Showing } from '../../scoring';
import type { CustomerDocument } from '../../store/customers';
import type { EventDocument } from '../../store/events';
import type { OfferDocument } from '../../store/offers';
import { outcomeId } from '../../store/outcomes';
import type { Store } from '../../store/store';
import { readReach } from './reach';

/** What a decision must know of a customer. All instants are epoch milliseconds of the customer's clock. */
export interface CustomerFacts {
  readonly customer: CustomerDocument;
  readonly now: number;
  /** Those of the segments that any offer's rules name. */
  readonly segments: ReadonlySet<SegmentName>;
  /** Vehicles by id, each with its model where an event has told it. */
  readonly vehicles: ReadonlyMap<string, string | undefined>;
  readonly lastOrderAt?: number;
  /** When each offer was last taken. */
  readonly taken: ReadonlyMap<string, number>;
  /** Offers that came before the customer's eyes, or still may: those whose messages were suppressed are not among them. */
  readonly showings: readonly Showing[];
  /** Offers of which a piece is held for the customer. */
  readonly held: ReadonlySet<string>;
}

/** Ignored showings that are older weigh nothing any more: eight half-lives of fatigue, and a week. */
const rememberedDays = 120;
const day = 86_400_000;

const vehicleEvents = [
  'vehicle.delivered',
  'vehicle.odometer_read',
  'service.booked',
  'service.completed',
] as const satisfies readonly EventName[];
const orderEvents = ['order.completed', 'offer.accepted'] as const satisfies readonly EventName[];

/** Reads what a decision needs, all at once; null where there is no such customer, or no longer. */
export async function readFacts(
  store: Pick<Store, 'customers' | 'events' | 'showings' | 'outcomes' | 'messages' | 'holds'>,
  customerId: string,
  { offers, now }: { readonly offers: readonly OfferDocument[]; readonly now: number },
): Promise<CustomerFacts | null> {
  const remembered = Math.max(rememberedDays, ...offers.map(({ cap }) => cap?.days ?? 0)) * day;
  const past = async () => {
    const decisions = await store.showings.since(customerId, new Date(now - remembered));
    const first = decisions.findLast(({ enrolmentId }) => enrolmentId !== undefined);
    const reachOf = await readReach(store.messages, first ? [customerId] : [], first?.at);
    return { decisions, reachOf };
  };
  const [customer, events, accepted, { decisions, reachOf }, fitting, held] = await Promise.all([
    store.customers.find(customerId),
    store.events.since(customerId, [...vehicleEvents, ...orderEvents], new Date(0)),
    store.outcomes.accepted(customerId),
    past(),
    fittingSegments(store.customers, customerId, namedSegments(offers)),
    offers.some(isLimited) ? store.holds.ofCustomer(customerId) : new Set<string>(),
  ]);
  if (!customer || customer.erasedAt) return null;
  const { clock } = customer;

  const groups = new Map(offers.map(({ _id, group }) => [_id, group]));
  const answered = new Set(accepted.map(({ decisionId, offerId }) => outcomeId(decisionId, offerId)));
  const showings = decisions.flatMap((decision): Showing[] => {
    const { _id, at, shown, viewed = [] } = decision;
    return shown.flatMap(({ offerId }) => {
      const reach = reachOf(decision, offerId);
      if (reach === 'lost') return [];
      const group = groups.get(offerId);
      return [
        {
          offerId,
          at: customerTime(clock, at.getTime()),
          answered: reach === 'answered' || viewed.includes(offerId) || answered.has(outcomeId(_id, offerId)),
          ...(group === undefined ? {} : { group }),
        },
      ];
    });
  });
  const lastOrderAt = latest(events.filter(({ name }) => name === 'order.completed'));
  return {
    customer,
    now: customerTime(clock, now),
    segments: fitting,
    vehicles: vehiclesIn(events),
    ...(lastOrderAt === undefined ? {} : { lastOrderAt }),
    taken: takenIn(
      events,
      accepted.map(({ offerId, at }) => [offerId, customerTime(clock, at.getTime())]),
    ),
    showings,
    held,
  };
}

/** Whether there is not any number of an offer to be had. */
export const isLimited = ({ stock, budget }: Pick<OfferDocument, 'stock' | 'budget'>): boolean =>
  stock !== undefined || budget !== undefined;

function namedSegments(offers: readonly OfferDocument[]): readonly SegmentName[] {
  const names = offers.flatMap(({ rules }) =>
    rules.flatMap((rule) => ('segment' in rule ? [rule.segment] : [])),
  );
  return [...new Set(names)];
}

async function fittingSegments(
  customers: Store['customers'],
  customerId: string,
  names: readonly SegmentName[],
): Promise<ReadonlySet<SegmentName>> {
  const fits = await Promise.all(names.map((name) => customers.fits(customerId, segments[name])));
  return new Set(names.filter((_, index) => fits[index]));
}

function vehiclesIn(events: readonly EventDocument[]): Map<string, string | undefined> {
  const vehicles = new Map<string, string | undefined>();
  for (const { properties } of events) {
    const { vehicleId, model } = properties;
    if (typeof vehicleId !== 'string') continue;
    vehicles.set(vehicleId, typeof model === 'string' ? model : vehicles.get(vehicleId));
  }
  return vehicles;
}

function takenIn(
  events: readonly EventDocument[],
  accepted: readonly (readonly [offerId: string, at: number])[],
): Map<string, number> {
  const taken = new Map<string, number>();
  const ordered = events
    .filter(({ name }) => orderEvents.some((order) => order === name))
    .flatMap(({ properties, occurredAt }) =>
      typeof properties.offerId === 'string' ? [[properties.offerId, occurredAt.getTime()] as const] : [],
    );
  for (const [offerId, at] of [...ordered, ...accepted]) {
    taken.set(offerId, Math.max(at, taken.get(offerId) ?? -Infinity));
  }
  return taken;
}

function latest(events: readonly EventDocument[]): number | undefined {
  return events.length === 0
    ? undefined
    : events.reduce((last, { occurredAt }) => Math.max(last, occurredAt.getTime()), -Infinity);
}
