import { DateTime } from 'luxon';
import type { BestTime } from '../../domain/best-time';
import type { Played, Scenario, SimulatedMessage } from '../../workflows/simulate/simulate';
import { spanName } from '../../workflows/engine/span-name';

/** One line of a timeline. */
export interface Moment {
  /** RFC 3339 with the offset of the customer's zone. */
  readonly at: string;
  /** Time since the entry: `0s`, `2d`, `5d3h`. */
  readonly after: string;
  readonly kind: 'event' | 'step' | 'end';
  /** An event's name, a step's id, a run's outcome. */
  readonly name: string;
  /** What came of it, in words. */
  readonly result: string;
  /** The message that the step sent. */
  readonly message?: Omit<SimulatedMessage, 'at'>;
  /** An event's properties. */
  readonly properties?: Readonly<Record<string, unknown>>;
}

type Course = Pick<Scenario, 'start' | 'events'> & { readonly trigger: NonNullable<Scenario['trigger']> };

/** What happened to the simulated customer, in order, dated in their zone. Events after the end of the run are left out. */
export function timelineOf(played: Played, { start, trigger, events = [] }: Course, zone: string): Moment[] {
  const dated = (at: number) => ({
    at: DateTime.fromMillis(at, { zone }).toISO({ suppressMilliseconds: true }) ?? '',
    after: at === start ? '0s' : spanName(Math.floor((at - start) / 60_000) * 60_000),
  });
  const all: Dated[] = [
    [start, { ...dated(start), kind: 'event', ...trigger, result: 'enters' }],
    ...runOf(played),
  ];
  const came = events
    .map(({ after, ...event }) => [start + after, event] as const)
    .filter(([at]) => at <= Math.max(...all.map(([end]) => end)))
    .map(([at, event]): Dated => [at, { ...dated(at), kind: 'event', ...event, result: '' }]);
  all.splice(1, 0, ...came);
  return all.sort(([a], [b]) => a - b).map(([, moment]) => moment);

  /** The steps and the end of a run, and those of runs that it began, under the names of their journeys. */
  function runOf(run: Played, under = ''): Dated[] {
    const unsent = [...run.messages];
    const steps = run.steps.map(({ step, at, result }): Dated => {
      const sent = isSent(result) ? unsent.shift() : undefined;
      const about = { ...dated(at), kind: 'step' as const, name: under + step };
      if (!sent) return [at, { ...about, result: inWords(step, result) }];
      const { channel, template, variables } = sent;
      return [at, { ...about, result: 'sent', message: { channel, template, variables } }];
    });
    const { endedAt, outcome, enrolled } = run;
    return [
      ...steps,
      ...enrolled.flatMap((begun) => runOf(begun.played, `${under}${begun.journey} / `)),
      [endedAt, { ...dated(endedAt), kind: 'end', name: under + outcome, result: '' }],
    ];
  }
}

type Dated = readonly [at: number, moment: Moment];

const isSent = (result: unknown): boolean =>
  typeof result === 'object' && result !== null && 'state' in result && result.state === 'sent';

const isBestTime = (result: object): result is BestTime => 'hour' in result && 'probability' in result;

function inWords(step: string, result: unknown): string {
  if (typeof result === 'boolean') return result ? 'yes' : 'no';
  if (typeof result === 'string' || typeof result === 'number') return String(result);
  if (Array.isArray(result)) return offersInWords(result);
  if (result === null || result === undefined) return /^(waitFor|ended):/.test(step) ? 'did not come' : '';
  if (isBestTime(result)) return `${result.channel}, hour ${result.hour}`;
  const { state, reason, properties } = result as {
    readonly state?: string;
    readonly reason?: string;
    readonly properties?: {
      readonly started?: boolean;
      readonly refusal?: string;
      readonly outcome?: string;
    };
  };
  if (properties?.started !== undefined) return properties.started ? 'begun' : (properties.refusal ?? '');
  if (properties?.outcome !== undefined) return properties.outcome;
  if (state === undefined) return 'came';
  return reason === undefined ? state : `${state}: ${reason}`;
}

function offersInWords(offers: readonly { readonly offerId?: string }[]): string {
  return offers.length === 0 ? 'no offer' : offers.map(({ offerId = '?' }) => offerId).join(', ');
}

/** The timeline for people: date, time since the entry, what happened. */
export function describeTimeline(moments: readonly Moment[], zone: string): string {
  const rows = moments.map((moment) => {
    const date = DateTime.fromISO(moment.at, { zone }).toFormat('ccc d LLL yyyy HH:mm');
    return [date, moment.after === '0s' ? '' : `+${moment.after}`, ...whatOf(moment, zone)];
  });
  const widths = [0, 1, 2].map((column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows
    .map((row) => row.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join('  '))
    .map((line) => `  ${line.trimEnd()}\n`)
    .join('');
}

function whatOf(moment: Moment, zone: string): [string, string] {
  const { kind, name, result, message, properties = {} } = moment;
  switch (kind) {
    case 'event':
      return [`> ${name}`, [result, detailOf(properties, zone)].filter((text) => text !== '').join('  ')];
    case 'step':
      return [`  ${name}`, message ? `sent  ${detailOf(message.variables, zone)}`.trimEnd() : result];
    case 'end':
      return [`= ${name}`, ''];
    default:
      return kind satisfies never;
  }
}

function detailOf(values: Readonly<Record<string, unknown>>, zone: string): string {
  return Object.entries(values)
    .map(([name, value]) => `${name} ${shown(name, value, zone)}`)
    .join(', ');
}

/** Instants among variables are read as dates: what a customer reads is one. */
function shown(name: string, value: unknown, zone: string): string {
  if (typeof value === 'object' && value !== null && 'offerId' in value) return String(value.offerId);
  if (typeof value === 'number' && /(On|At)$/.test(name)) {
    return DateTime.fromMillis(value, { zone }).toFormat('d LLL yyyy');
  }
  return typeof value === 'string' ? value : JSON.stringify(value);
}
