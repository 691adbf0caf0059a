import { defineSearchAttributeKey } from '@temporalio/common';
import {
  AsyncLocalStorage,
  CancellationScope,
  condition,
  defineQuery,
  defineSignal,
  makeContinueAsNewFunc,
  setCurrentDetails,
  setHandler,
  upsertSearchAttributes,
} from '@temporalio/workflow';
import type { Outcome } from '../../domain/enrolment';
import type { JournalEntry } from '../../domain/journal';
import { noticeSignalName, searchAttributes, traceQueryName } from '../../domain/temporal-names';
import { advance } from './advance';
import { Burst, type Driver } from './burst';
import { temporalActivities } from './temporal-activities';
import { describeEnd, describeWait } from './details';
import { ambientGuard } from './guard';
import type { Journey } from './journey';
import { placeOf } from './place';
import { resume } from './resume';
import { initialState, type JourneyInput, type Notice, type PendingWait } from './run-state';

const noticeSignal = defineSignal<[Notice]>(noticeSignalName);
const traceQuery = defineQuery<readonly JournalEntry[]>(traceQueryName);
const customerIdKey = defineSearchAttributeKey(searchAttributes.customerId, 'KEYWORD');
const journeyStepKey = defineSearchAttributeKey(searchAttributes.journeyStep, 'KEYWORD');
const waitingForKey = defineSearchAttributeKey(searchAttributes.waitingFor, 'KEYWORD');
const outcomeKey = defineSearchAttributeKey(searchAttributes.journeyOutcome, 'KEYWORD');

/** What a finished run shows in the Temporal UI. */
export interface JourneyResult {
  readonly outcome: Outcome;
  readonly steps: number;
}

export type JourneyWorkflow = (input: JourneyInput) => Promise<JourneyResult>;

/**
 * Makes the Temporal workflow of a journey.
 *
 * A run of it begins either with the customer's first step or in the middle of a wait. At every wait it continues as
 * new, so that during a wait its history holds nothing that the journey's function commanded, and any edit of that
 * function replays.
 */
export function journeyWorkflow(journey: Journey): JourneyWorkflow {
  const workflow: JourneyWorkflow = async (input) => {
    const state = initialState(input);
    const burst = new Burst(journey, state);
    let ending: Notice | undefined;
    const isEnding = () => ending !== undefined;
    setHandler(noticeSignal, (notice) => {
      if (notice.ends) ending ??= notice;
      else if (notice.event) burst.receive(notice.event);
    });
    setHandler(traceQuery, () => burst.journal);
    // An operator who cancels a run in the Temporal UI takes the customer out of the journey.
    CancellationScope.current().cancelRequested.catch(() => {
      ending ??= { ends: 'exited' };
    });

    const activities = new CancellationScope();
    const driver: Driver = { now: () => Date.now(), activities: temporalActivities(activities, isEnding) };

    const live = async () => {
      if (state.pending) await waitOut(state.pending, burst, isEnding);
      if (state.pending && !isEnding()) await resume(state.pending, burst, driver);
      return advance(burst, driver, ambientGuard(new AsyncLocalStorage<boolean>()));
    };
    const advanced = await Promise.race([live(), condition(isEnding).then(() => undefined)]).catch(
      (error: unknown) => (isEnding() ? undefined : asTaskFailure(error)),
    );

    if (advanced?.kind === 'waits' && !isEnding()) {
      const { pending } = advanced;
      return makeContinueAsNewFunc<JourneyWorkflow>({
        typedSearchAttributes: [
          { key: customerIdKey, value: burst.enrolment.customerId },
          { key: journeyStepKey, value: pending.step },
          { key: waitingForKey, value: pending.events[0]?.event ?? 'time' },
        ],
      })(burst.state(pending));
    }
    activities.cancel();
    return finish(burst, ending);
  };
  Object.defineProperty(workflow, 'name', { value: journey.name });
  return workflow;
}

async function waitOut(pending: PendingWait, burst: Burst, isEnding: () => boolean): Promise<void> {
  setCurrentDetails(describeWait(pending, burst));
  const isOver = () => isEnding() || burst.has(pending);
  const left = pending.until - Date.now();
  if (left > 0 && !isOver()) await condition(isOver, left, { summary: pending.step });
}

async function finish(burst: Burst, ending: Notice | undefined): Promise<JourneyResult> {
  const outcome = ending?.ends ?? 'completed';
  await CancellationScope.nonCancellable(() =>
    temporalActivities(CancellationScope.current(), () => false).finish({
      enrolment: burst.ref,
      outcome,
      splits: burst.journal.some(({ step }) => step.startsWith('split:')),
      unsent: ending !== undefined || burst.journal.some(({ step }) => step.startsWith('time:')),
      trace: burst.report(),
      ...(ending?.event && { eventId: ending.event.id }),
    }),
  );
  setCurrentDetails(describeEnd(outcome, burst));
  upsertSearchAttributes([
    { key: outcomeKey, value: outcome },
    { key: waitingForKey, value: null },
  ]);
  return { outcome, steps: burst.journal.length };
}

/**
 * An error of a journey's function fails the workflow task, not the run: it is tried again until the function is mended.
 * Its message begins with the place in the journey's file, so that the worker's log and the Temporal UI name it at once.
 * Temporal would take an error of its own kind, a failed activity's say, for the end of the run.
 */
function asTaskFailure(error: unknown): never {
  if (!(error instanceof Error)) throw new Error(String(error), { cause: error });
  const place = placeOf(error);
  throw new Error(place === undefined ? error.message : `${place}: ${error.message}`, { cause: error });
}
