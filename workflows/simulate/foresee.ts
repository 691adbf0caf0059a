import type { JourneyActivities } from '../../activities/contract';
import { chanceOf, pickByWeight } from '../../domain/chance';
import type { Enrolment } from '../../domain/enrolment';
import type { JourneyEvent } from '../../domain/events';
import type { JournalEntry } from '../../domain/journal';
import { advance, passOnce, type Advanced } from '../engine/advance';
import { Burst, type Driver } from '../engine/burst';
import type { Journey } from '../engine/journey';
import { resume } from '../engine/resume';
import { initialState, type PendingWait } from '../engine/run-state';
import { guard } from './guard';

/** Where somebody stands in a journey: what they have behind them and the wait they are at. */
export interface Standpoint {
  readonly enrolment: Enrolment;
  readonly journal: readonly JournalEntry[];
  readonly pending: PendingWait;
}

/** What a journey's function, as it is now, does with somebody inside once their wait is over. */
export interface Foreseen {
  /** The function no longer has the step at which they wait: they go on behind it. */
  readonly waitIsGone: boolean;
  /** Steps that were put in before their place: they are never carried out for them. */
  readonly passedOver: readonly string[];
  /** Steps that they have behind them and that are gone: their results are ignored. */
  readonly ignored: readonly string[];
  /** Steps that are carried out up to the next wait, in order. */
  readonly next: readonly string[];
  readonly end:
    | { readonly kind: 'waits'; readonly step: string }
    | { readonly kind: 'ends' }
    /** The function throws: the run stands still until it is mended. */
    | { readonly kind: 'fails'; readonly error: unknown };
}

/** What the journey is answered while its future is played; everything else is taken for granted. */
export type Answers = Pick<JourneyActivities, 'isInSegment' | 'readAttribute'>;

/**
 * Plays one burst of a journey with the real engine for somebody inside, from the end of their wait to the next one.
 * Nothing is sent and nothing recorded; of offers there is always one.
 *
 * @param event the event that ends the wait; without one it ends by time
 */
export async function foresee(
  journey: Journey,
  { enrolment, journal, pending }: Standpoint,
  answers: Answers,
  event?: JourneyEvent,
): Promise<Foreseen> {
  const state = { ...initialState({ enrolment, journal }), since: pending.since };
  const burst = new Burst(journey, state);
  const driver: Driver = { now: () => pending.until, activities: dry(answers) };
  if (event) burst.receive(event);
  await resume(pending, burst, driver);
  const before = new Set([...journal.map(({ step }) => step), pending.step]);

  const end = await advance(burst, driver, guard).then(endOf, (error: unknown) => ({
    kind: 'fails' as const,
    error,
  }));
  const fresh = burst.journal.filter(({ step }) => !before.has(step) || step === pending.step);
  const next = fresh.filter(({ skipped }) => !skipped).map(({ step }) => step);
  const { pass } = await passOnce('live', burst, driver, guard);
  const unmet = end.kind === 'fails' ? [] : pass.unmet();
  const isPutOff = pending.kind === 'send';
  return {
    waitIsGone:
      end.kind !== 'fails' && (isPutOff ? !next.includes(pending.step) : unmet.includes(pending.step)),
    passedOver: fresh.filter(({ skipped }) => skipped === true).map(({ step }) => step),
    ignored: unmet.filter((step) => step !== pending.step),
    next: next.filter((step) => isPutOff || step !== pending.step),
    end,
  };
}

const endOf = (advanced: Advanced): Foreseen['end'] =>
  advanced.kind === 'waits' ? { kind: 'waits', step: advanced.pending.step } : { kind: 'ends' };

/** Activities that do nothing. */
function dry(answers: Answers): JourneyActivities {
  return {
    ...answers,
    send: async () => ({ state: 'sent' }),
    findBestTime: async ({ templates, atOnce }) => ({
      channel: templates.email === undefined ? 'sms' : 'email',
      hour: 0,
      at: atOnce ? 0 : Number.MAX_SAFE_INTEGER,
      probability: 1,
      probabilityError: 0,
    }),
    decide: async ({ step }) => [{ offerId: 'offer', decisionId: step, score: 1, propensity: 1 }],
    assign: async ({ split, enrolment, weights }) =>
      pickByWeight(weights, chanceOf(`split/${enrolment.journey}/${split}/${enrolment.customerId}`)),
    reachWait: async ({ end }) =>
      'elapsed' in end || 'real' in end || 'moment' in end
        ? { deadline: Number.MAX_SAFE_INTEGER }
        : Number.isFinite(end.instant)
          ? { deadline: end.instant }
          : { impossible: 'missing' },
    callWebhook: async () => ({ state: 'delivered' }),
    alertTeam: async () => ({ state: 'delivered' }),
    enrol: async () => undefined,
    lookBack: async () => null,
    finish: async () => undefined,
  };
}
