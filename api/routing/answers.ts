import type { EventDocument } from '../../store/events';
import type { Store } from '../../store/store';
import { storeToRoute } from '../../store/to-route';
import type { Journey } from '../../workflows/engine/journey';
import { entriesOf, type Plan } from './plan';

/**
 * Answers runs that asked for an enrolment in another journey. What the ledger says counts, not how this attempt went: an
 * earlier one may have begun the run, and the answer is given once.
 */
export function createAnswers(
  journeys: readonly Journey[],
  store: Pick<Store, 'enrolments' | 'events' | 'outbox'>,
) {
  return async (plans: readonly Plan[]): Promise<void> => {
    const asked = plans.filter(
      ({ event, refusals }) => event.enrols?.by !== undefined && !refusals.includes('erased'),
    );
    const answers = await Promise.all(asked.map(answerTo));
    const [first] = answers;
    if (first) await storeToRoute(store, answers, first.receivedAt);
  };

  async function answerTo({ event, refusals }: Plan): Promise<EventDocument> {
    const { _id: request, customerId, receivedAt } = event;
    const person = customerId ?? '';
    const begun = await store.enrolments.openedBy(request, person);
    const [entry] = entriesOf(event, journeys);
    const [refusal = entry ? 're-entry' : 'unknown-journey'] = refusals;
    const open = begun
      ? undefined
      : (await store.enrolments.openOf([person])).find(isUnder(entry?.workflowId));
    const enrolment = begun?._id ?? open?._id;
    return {
      _id: `answer:${request}`,
      name: 'enrolment.answered',
      customerId,
      properties: {
        request,
        journey: event.enrols?.journey,
        started: begun !== null,
        ...(enrolment !== undefined && { enrolment }),
        ...(!begun && { refusal }),
      },
      occurredAt: receivedAt,
      receivedAt,
    };
  }
}

const isUnder =
  (workflow: string | undefined) =>
  ({ workflowId }: { readonly workflowId: string }): boolean =>
    workflowId === workflow;
