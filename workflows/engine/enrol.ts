import { enrolRequestId } from '../../domain/enrolment';
import { fixedBy, type JourneyEvent, type WaitPattern } from '../../domain/events';
import type { Burst, Driver } from './burst';
import type { FollowOptions, FollowedRun } from './context';
import type { Journey } from './journey';
import type { Pass, Performed } from './pass';

/** What the step is made of. */
export interface EnrolParts {
  readonly pass: Pass;
  readonly burst: Burst;
  readonly driver: Driver;
  /** Waits in a step for an event, until a real instant at the latest. */
  readonly waitIn: (step: string, until: number, pattern: WaitPattern) => Promise<Performed>;
  /** A step of its own that waits for an event for a while of the customer's clock. */
  readonly waitFor: (base: string, within: number, pattern: WaitPattern) => Promise<unknown>;
}

/** The answer comes as soon as the API routes the request; where it is away for longer than this, the step gives up. */
const patience = 30 * 86_400_000;

/**
 * Makes the step that enrols the customer in another journey: it asks, and waits for the answer as for any event. The
 * request is named after enrolment and step, so that it is made once however often the step is carried out.
 */
export function enrolStep({ pass, burst, driver, waitIn, waitFor }: EnrolParts) {
  const { journey, enrolment } = burst;

  return async (
    other: Journey,
    properties: object,
    { id, within }: FollowOptions = {},
  ): Promise<FollowedRun> => {
    mustDeclare(journey, other);
    const base = id ?? `enrol:${other.name}`;
    const answer = await pass.step({
      base,
      passedOver: () => null,
      perform: async (step) => {
        if (enrolment.holdout) return { kind: 'result', value: null, at: driver.now() };
        const { key } = other;
        await driver.activities.enrol({
          enrolment: burst.ref,
          step,
          journey: other.name,
          entries: other.entry.map(({ event, where }) => ({ event, fixed: fixedBy(where) })),
          properties: { ...properties },
          since: burst.since,
          ...(key !== undefined && { key }),
        });
        const request = enrolRequestId(enrolment.id, step);
        return waitIn(step, driver.now() + patience, { event: 'enrolment.answered', where: { request } });
      },
    });
    const run = answered(answer as JourneyEvent<'enrolment.answered'> | null, enrolment.holdout);
    if (within === undefined || !run.started) return run;
    const ended = await waitFor(`ended:${id ?? other.name}`, within, {
      event: 'journey.ended',
      where: { enrolment: run.enrolment },
    });
    const outcome = (ended as JourneyEvent<'journey.ended'> | null)?.properties.outcome ?? null;
    return { ...run, outcome };
  };
}

/** A control group is left alone, by other journeys that this one begins too. */
function answered(answer: JourneyEvent<'enrolment.answered'> | null, isHeldOut: boolean): FollowedRun {
  if (!answer) {
    return { started: false, enrolment: null, outcome: null, refusal: isHeldOut ? 'holdout' : 'skipped' };
  }
  const { started, enrolment = null, refusal } = answer.properties;
  return { started, enrolment, outcome: null, ...(refusal !== undefined && { refusal }) };
}

function mustDeclare(journey: Journey, other: Journey): void {
  if (journey.enrols().some(({ name }) => name === other.name)) return;
  throw new TypeError(
    `c.enrol: journey "${journey.name}" does not say that it enrols in "${other.name}". Add \`enrols: () => [${other.name}]\` to its rules.`,
  );
}
