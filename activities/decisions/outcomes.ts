import { customerTime } from '../../domain/clock';
import { days } from '../../domain/duration';
import type { DecisionDocument } from '../../store/decisions';
import type { EventDocument } from '../../store/events';
import type { OutcomeKind } from '../../store/outcomes';
import type { Store } from '../../store/store';
import { isSeen, readReach } from './reach';

/** How long after a decision, on the customer's clock, what they do is still its doing. */
export const attributionWindow = days(30);

/** How far the clock of an event's sender may be behind ours. */
const clockTolerance = days(1);

/** What a customer did with a shown offer. `viewed` is kept with the decision; the others are outcomes. */
export type Response = 'viewed' | Exclude<OutcomeKind, 'ignored'>;

/** What became of a report: `too-late` is outside the window, `unknown` that the decision did not show the offer. */
export type Reported = 'recorded' | 'repeated' | 'too-late' | 'unknown';

export interface Outcomes {
  /** Records what a customer did with an offer that a decision showed. */
  recordOutcome(report: {
    readonly decisionId: string;
    readonly offerId: string;
    readonly response: Response;
  }): Promise<Reported>;
  /**
   * Attributes events to decisions: `offer.viewed`, `offer.accepted` and `order.completed` with an offer's id, to the
   * decision they name, else to the customer's latest one whose offer came before their eyes. Other events are passed over. Each
   * counts once, however often it is given.
   */
  recordOutcomes(events: readonly EventDocument[]): Promise<void>;
}

const responses: Readonly<Record<string, Response>> = {
  'offer.viewed': 'viewed',
  'offer.accepted': 'accepted',
  'order.completed': 'accepted',
};

/** Takes in what became of shown offers; the model learns of it later. */
export function createOutcomes({
  store,
  now,
}: {
  readonly store: Pick<
    Store,
    'decisions' | 'showings' | 'outcomes' | 'offers' | 'holds' | 'messages' | 'transaction'
  >;
  readonly now: () => number;
}): Outcomes {
  const { decisions, showings, outcomes, offers, holds, messages, transaction } = store;

  async function record(
    decision: DecisionDocument,
    { offerId, response, at, eventId }: { offerId: string; response: Response; at: number; eventId?: string },
  ): Promise<Reported> {
    if (decision.withheld || !decision.shown.some((shown) => shown.offerId === offerId)) return 'unknown';
    if (!withinWindow(decision, at)) return 'too-late';
    if (response === 'viewed') {
      await showings.markViewed(decision, offerId);
      await decisions.markViewed(decision._id, offerId);
      return decision.viewed?.includes(offerId) ? 'repeated' : 'recorded';
    }
    const outcome = {
      decisionId: decision._id,
      offerId,
      customerId: decision.customerId,
      kind: response,
      at: new Date(now()),
      ...(eventId === undefined ? {} : { eventId }),
    };
    const recorded = await transaction(async (session) => {
      const isNew = await outcomes.record(outcome, session);
      if (isNew && response === 'accepted') {
        await offers.take(offerId, await holds.end(offerId, decision.customerId, session), session);
      }
      if (isNew && response === 'dismissed') await holds.release(offerId, decision.customerId, session);
      return isNew;
    });
    if (recorded) offers.expire();
    return recorded ? 'recorded' : 'repeated';
  }

  async function decisionOf(event: EventDocument, offerId: string): Promise<DecisionDocument | null> {
    const { customerId, properties, receivedAt } = event;
    if (customerId === null) return null;
    const named =
      typeof properties.decisionId === 'string' ? await decisions.find(properties.decisionId) : null;
    if (named?.customerId === customerId && named.shown.some((shown) => shown.offerId === offerId))
      return named;
    const chosen = await decisions.showing(customerId, offerId, receivedAt);
    if (chosen.length === 0) return null;
    const reachOf = await readReach(messages, [customerId]);
    return chosen.find((decision) => isSeen(reachOf(decision, offerId))) ?? null;
  }

  return {
    async recordOutcome({ decisionId, offerId, response }) {
      const decision = await decisions.find(decisionId);
      return decision ? record(decision, { offerId, response, at: now() }) : 'unknown';
    },
    async recordOutcomes(events) {
      for (const event of events) {
        const response = responses[event.name];
        const { offerId } = event.properties;
        if (!response || typeof offerId !== 'string') continue;
        const decision = await decisionOf(event, offerId);
        if (!decision || happenedBefore(event, decision)) continue;
        await record(decision, { offerId, response, at: event.receivedAt.getTime(), eventId: event._id });
      }
    },
  };
}

function withinWindow({ clock, at: decidedAt }: DecisionDocument, at: number): boolean {
  return customerTime(clock, at) - customerTime(clock, decidedAt.getTime()) <= attributionWindow;
}

/** Whether an event tells of something from before the decision, by either clock, as an imported history does. */
function happenedBefore({ occurredAt }: EventDocument, { clock, at }: DecisionDocument): boolean {
  const decidedAt = Math.min(at.getTime(), customerTime(clock, at.getTime()));
  return occurredAt.getTime() < decidedAt - clockTolerance;
}
