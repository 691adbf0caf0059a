import { hours } from '../../domain/duration';
import type { MessageState } from '../../domain/messages';
import type { DecisionDocument } from '../../store/decisions';
import type { Store } from '../../store/store';

/**
 * Whether a chosen offer came before the customer's eyes. What a decision outside a journey chose is shown by whoever
 * asked. What a journey chose is shown by a message: `pending` until one has gone out, `lost` where none ever will.
 */
export type Reach = 'shown' | 'answered' | 'pending' | 'lost';

type Shown = Pick<DecisionDocument, '_id' | 'enrolmentId'>;

/** Gives the reach of an offer that one of the decisions asked about chose. */
export type ReachOf = (decision: Shown, offerId: string) => Reach;

/**
 * Reads what became of the messages that carry the offers of some customers' decisions.
 *
 * @param since when the first of those decisions was made; from the beginning where not given
 */
export async function readReach(
  messages: Store['messages'],
  customerIds: readonly string[],
  since?: Date,
): Promise<ReachOf> {
  const states = new Map<string, MessageState[]>();
  for (const { decisionId, offerId, state } of await messages.carryingOffers(
    customerIds,
    since && new Date(since.getTime() - clockTolerance),
  )) {
    const key = `${decisionId}/${offerId}`;
    states.set(key, [...(states.get(key) ?? []), state]);
  }
  return ({ _id, enrolmentId }, offerId) =>
    enrolmentId === undefined ? 'shown' : furthest((states.get(`${_id}/${offerId}`) ?? []).map(reachBy));
}

/** Whether the customer has had the offer before their eyes. */
export const isSeen = (reach: Reach): boolean => reach === 'shown' || reach === 'answered';

/** How far the clocks of two processes may be apart: a message is planned after its decision. */
const clockTolerance = hours(1);

const order: readonly Reach[] = ['answered', 'shown', 'pending', 'lost'];

const furthest = (reaches: readonly Reach[]): Reach =>
  order.find((reach) => reaches.includes(reach)) ?? 'pending';

function reachBy(state: MessageState): Reach {
  switch (state) {
    case 'clicked':
    case 'replied':
      return 'answered';
    case 'sent':
    case 'delivered':
    case 'opened':
    case 'complained':
      return 'shown';
    case 'planned':
    case 'sending':
    case 'unknown':
      return 'pending';
    case 'suppressed':
    case 'failed':
    case 'bounced':
      return 'lost';
    default:
      return state satisfies never;
  }
}
