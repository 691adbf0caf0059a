import { isSeen, readReach } from '../../activities/decisions/reach';
import type { Outcome } from '../../domain/enrolment';
import { channels, type Channel, type MessageState } from '../../domain/messages';
import type { DecisionDocument } from '../../store/decisions';
import type { Store } from '../../store/store';
import type { CarriedOffer } from '../../store/messages';
import { outcomeId } from '../../store/outcomes';
import { idsOf } from './people';

/** Runs of one journey: in it, or out of it by how they ended. */
export type RunCounts = { readonly open: number; readonly control: number } & Readonly<
  Record<Outcome, number>
>;

/** Messages of one channel: how many went out, where those stand now, and what became of the others. */
export interface MessageCounts {
  /** Handed to the provider, whatever became of them. */
  readonly sent: number;
  readonly states: Readonly<Partial<Record<MessageState, number>>>;
  /** Why some were not sent. */
  readonly reasons: Readonly<Record<string, number>>;
}

/** How often an offer came before somebody's eyes, and how often it was taken. */
export interface OfferCounts {
  readonly shown: number;
  readonly taken: number;
}

/** What there is of a demonstration's customers. */
export interface Census {
  readonly runs: ReadonlyMap<string, RunCounts>;
  readonly messages: Readonly<Record<Channel, MessageCounts>>;
  readonly decisions: number;
  /** By offer id. */
  readonly offers: ReadonlyMap<string, OfferCounts>;
}

const unsent: readonly MessageState[] = ['planned', 'sending', 'suppressed', 'failed', 'unknown'];

/** Counts what there is of a run's customers. */
export async function takeCensus(
  store: Pick<Store, 'enrolments' | 'messages' | 'decisions' | 'outcomes'>,
  run: number,
): Promise<Census> {
  const customers = { customerId: idsOf(run) };
  const [runs, messages, shown] = await Promise.all([
    countRuns(store.enrolments, customers),
    countMessages(store.messages, customers),
    countOffers(store, customers),
  ]);
  return { runs, messages, ...shown };
}

type Customers = { readonly customerId: ReturnType<typeof idsOf> };

async function countRuns({ collection }: Store['enrolments'], customers: Customers): Promise<Census['runs']> {
  const groups = await collection
    .aggregate<{ _id: { journey: string; holdout: boolean; outcome?: Outcome }; count: number }>([
      { $match: customers },
      {
        $group: {
          _id: { journey: '$journey', holdout: '$holdout', outcome: '$outcome' },
          count: { $sum: 1 },
        },
      },
    ])
    .toArray();
  const runs = new Map<string, RunCounts>();
  for (const { _id, count } of groups) {
    const { journey, holdout, outcome } = _id;
    const before = runs.get(journey) ?? {
      open: 0,
      control: 0,
      completed: 0,
      converted: 0,
      exited: 0,
      erased: 0,
    };
    const state = outcome ?? 'open';
    runs.set(journey, {
      ...before,
      [state]: before[state] + count,
      control: before.control + (holdout ? count : 0),
    });
  }
  return runs;
}

async function countMessages(
  { collection }: Store['messages'],
  customers: Customers,
): Promise<Census['messages']> {
  const groups = await collection
    .aggregate<{ _id: { channel: Channel; state: MessageState; reason?: string }; count: number }>([
      { $match: customers },
      {
        $group: {
          _id: { channel: '$channel', state: '$state', reason: '$reason' },
          count: { $sum: 1 },
        },
      },
    ])
    .toArray();
  const of = (channel: Channel): MessageCounts => {
    const states: Partial<Record<MessageState, number>> = {};
    const reasons: Record<string, number> = {};
    let sent = 0;
    for (const { _id, count } of groups) {
      if (_id.channel !== channel) continue;
      states[_id.state] = (states[_id.state] ?? 0) + count;
      if (!unsent.includes(_id.state)) sent += count;
      else if (_id.reason !== undefined) reasons[_id.reason] = (reasons[_id.reason] ?? 0) + count;
    }
    return { sent, states, reasons };
  };
  return Object.fromEntries(channels.map((channel) => [channel, of(channel)])) as Census['messages'];
}

async function countOffers(
  { decisions, outcomes, messages }: Pick<Store, 'decisions' | 'outcomes' | 'messages'>,
  customers: Customers,
): Promise<Pick<Census, 'decisions' | 'offers'>> {
  const carrying = () =>
    messages.collection
      .find({ ...customers, decisionId: { $exists: true } })
      .project<CarriedOffer>({ _id: 0, decisionId: 1, offerId: 1, state: 1 })
      .toArray();
  const [made, accepted, reachOf] = await Promise.all([
    decisions.collection
      .find(customers)
      .project<Decided>({ customerId: 1, enrolmentId: 1, withheld: 1, 'shown.offerId': 1 })
      .toArray(),
    outcomes.collection
      .find({ ...customers, kind: 'accepted' })
      .project<{ _id: string }>({ _id: 1 })
      .toArray(),
    readReach({ ...messages, carryingOffers: carrying }, []),
  ]);
  const taken = new Set(accepted.map(({ _id }) => _id));
  const offers = new Map<string, OfferCounts>();
  for (const decision of made) {
    if (decision.withheld) continue;
    for (const { offerId } of decision.shown) {
      const before = offers.get(offerId) ?? { shown: 0, taken: 0 };
      const isTaken = taken.has(outcomeId(decision._id, offerId));
      offers.set(offerId, {
        shown: before.shown + (isTaken || isSeen(reachOf(decision, offerId)) ? 1 : 0),
        taken: before.taken + (isTaken ? 1 : 0),
      });
    }
  }
  return { decisions: made.length, offers };
}

type Decided = Pick<DecisionDocument, '_id' | 'customerId' | 'enrolmentId' | 'withheld'> & {
  readonly shown: readonly { readonly offerId: string }[];
};

/** Sums over all offers. */
export function allOffers(offers: Census['offers']): OfferCounts {
  return [...offers.values()].reduce(
    (sum, { shown, taken }) => ({ shown: sum.shown + shown, taken: sum.taken + taken }),
    { shown: 0, taken: 0 },
  );
}
