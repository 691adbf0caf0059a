import { z } from 'zod';
import type { EnrolmentDocument } from '../../store/enrolments';
import type { Journey } from '../../workflows/engine/journey';
import type { JourneyFigures } from '../journey-figures';
import { difference } from '../journey-results';

const pattern = z.object({ event: z.string(), where: z.record(z.string(), z.unknown()).optional() });
const group = z.object({ runs: z.number().int(), converted: z.number().int() });
const counts = z.record(z.string(), z.number().int());

/** A journey as the list shows it. */
export const journeySchema = z.object({
  name: z.string(),
  entry: z.array(pattern),
  key: z.string().optional().describe('The property of the entry event that says what a run is about'),
  reentry: z.enum(['never', 'always', 'after']),
  goal: z.array(pattern),
  exit: z.array(pattern),
  holdout: z.number().describe('Share of customers who are measured and never messaged, percent'),
  priority: z.number(),
  paused: z.boolean().describe('Its messages are held'),
  open: z
    .number()
    .int()
    .describe(
      'Runs that are not over; counts may be five seconds old, or sixty times as old as counting takes',
    ),
  waiting: counts.describe('Open runs by the step at which they wait'),
  outcomes: counts.describe('Runs that are over, by outcome'),
});

/** A journey with its funnel. */
export const journeyDetailSchema = journeySchema.extend({
  steps: z
    .array(z.object({ step: z.string(), passed: z.number().int(), waiting: z.number().int() }))
    .describe('Steps in the order in which runs come to them'),
  treated: group,
  control: group.describe('The holdout group'),
  lift: difference.describe(
    'Conversion of the treated minus that of the control group, of customers whose first run is over; the interval holds however often you look',
  ),
});

export function journeyBody(
  { name, entry, key, reentry, goal, exit, holdout, priority }: Journey,
  { open, waiting, outcomes }: JourneyFigures,
  paused: boolean,
): z.infer<typeof journeySchema> {
  return {
    name,
    entry: entry.map((each) => ({ ...each })),
    ...(key !== undefined && { key }),
    reentry: reentry.kind,
    goal: goal.map((each) => ({ ...each })),
    exit: exit.map((each) => ({ ...each })),
    holdout,
    priority,
    paused,
    open,
    waiting: { ...waiting },
    outcomes: { ...outcomes },
  };
}

const instant = z.string().describe('RFC 3339, in UTC');

/** A run as the API shows it. */
export const enrolmentSchema = z.object({
  id: z.string(),
  journey: z.string(),
  customerId: z.string(),
  key: z.string().optional(),
  workflowId: z.string(),
  parent: z.string().optional().describe('The enrolment that began this one'),
  open: z.boolean(),
  holdout: z.boolean(),
  startedAt: instant,
  step: z.string().optional().describe('Where it waits'),
  since: instant.optional(),
  until: instant.nullable().optional(),
  waitsFor: z.array(z.string()).optional().describe('Names of the events that end the wait'),
  outcome: z.string().optional(),
  endedAt: instant.optional(),
  steps: z.array(z.object({ step: z.string(), at: instant, skipped: z.boolean() })),
});

export function enrolmentBody(run: EnrolmentDocument): z.infer<typeof enrolmentSchema> {
  return {
    id: run._id,
    journey: run.journey,
    customerId: run.customerId,
    ...(run.key !== undefined && { key: run.key }),
    workflowId: run.workflowId,
    ...(run.parent !== undefined && { parent: run.parent }),
    open: run.open,
    holdout: run.holdout,
    startedAt: run.startedAt.toISOString(),
    ...(run.step !== undefined && { step: run.step }),
    ...(run.stepSince && { since: run.stepSince.toISOString() }),
    ...(run.waitsUntil !== undefined && { until: run.waitsUntil?.toISOString() ?? null }),
    ...(run.waitsFor && { waitsFor: run.waitsFor.map(({ event }) => event) }),
    ...(run.outcome !== undefined && { outcome: run.outcome }),
    ...(run.endedAt && { endedAt: run.endedAt.toISOString() }),
    steps: run.trace.map(({ step, at, skipped = false }) => ({
      step,
      at: new Date(at).toISOString(),
      skipped,
    })),
  };
}
