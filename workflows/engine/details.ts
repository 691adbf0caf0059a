import type { BestTime } from '../../domain/best-time';
import type { Enrolment, Outcome } from '../../domain/enrolment';
import type { Burst } from './burst';
import type { PendingWait } from './run-state';

const utc = (instant: number): string =>
  `${new Date(instant).toISOString().slice(0, 16).replace('T', ' ')} UTC`;

/** Markdown for the Temporal UI: where the customer is, since when, and what comes next. */
export function describeWait({ step, kind, until, events }: PendingWait, burst: Burst): string {
  const next =
    kind === 'waitFor'
      ? `**Waiting for** \`${events.map(({ event }) => event).join('`, `')}\`, at the latest until ${utc(until)}`
      : kind === 'send'
        ? `**Sending** at ${utc(until)}, ${isBestTime(until, burst) ? 'the best time for this customer' : 'the first moment allowed'}`
        : `**Waiting** until ${utc(until)}`;
  return [who(burst), `**Step** \`${step}\` since ${utc(burst.since)}`, next, ...describeTrace(burst)].join(
    '\n\n',
  );
}

/** Whether an instant is the one that the last step chose. */
function isBestTime(until: number, { journal }: Burst): boolean {
  const time = timeIn(journal.at(-1)?.result);
  return time?.at === until;
}

/** Markdown for the Temporal UI: how the run ended. */
export function describeEnd(outcome: Outcome, burst: Burst): string {
  return [who(burst), `**${outcome}** after ${burst.journal.length} steps`, ...describeTrace(burst)].join(
    '\n\n',
  );
}

const who = ({ enrolment }: Burst): string =>
  `**${enrolment.journey}** of customer \`${enrolment.customerId}\`, enrolment \`${enrolment.id}\`${begun(enrolment)}`;

const begun = ({ parent }: Enrolment): string => (parent === undefined ? '' : `, begun by \`${parent}\``);

/** The latest steps as a table, newest last. */
function describeTrace({ journal, enrolment }: Burst): string[] {
  const rows = journal.slice(-15).map(({ step, at, result, skipped }) => {
    const shown = skipped ? 'passed over' : shortResult(result);
    return `| \`${step}\` | ${utc(at)} | ${shown} |`;
  });
  const holdout = enrolment.holdout ? ['In the **control group**: nothing is sent.'] : [];
  return [
    ...holdout,
    ...(rows.length === 0 ? [] : [['| Step | At | Result |', '| --- | --- | --- |', ...rows].join('\n')]),
  ];
}

/** The result of a step that chose a best time; undefined for any other. */
const timeIn = (result: unknown): BestTime | undefined =>
  typeof result === 'object' && result !== null && 'probability' in result && 'hour' in result
    ? (result as BestTime)
    : undefined;

const describeTime = ({ channel, hour, at, probability }: BestTime): string =>
  `${channel}, hour ${hour}, at ${utc(at)}, chosen with probability ${probability.toFixed(2)}`;

/** What a message or an event among the results of steps tells. */
interface Told {
  readonly state?: string;
  readonly reason?: string;
  readonly name?: string;
  readonly properties?: { readonly score?: number };
}

function shortResult(result: unknown): string {
  if (result === null || result === undefined) return '';
  if (Array.isArray(result)) return result.map((item: { offerId?: string }) => item.offerId ?? '').join(', ');
  if (typeof result !== 'object') return JSON.stringify(result);
  const time = timeIn(result);
  if (time) return describeTime(time);
  const { state, reason, name, properties } = result as Told;
  if (state === undefined) return [name, properties?.score].filter((part) => part !== undefined).join(': ');
  return reason === undefined ? state : `${state}: ${reason}`;
}
