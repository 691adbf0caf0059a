import { Command, InvalidArgumentError } from 'commander';
import { DateTime, IANAZone } from 'luxon';
import { attributeNames, type AttributeName, type JourneyAttributes } from '../../domain/attributes';
import type { Duration } from '../../domain/duration';
import { fixedBy } from '../../domain/events';
import { channels } from '../../domain/messages';
import { slots, type Slot } from '../../domain/offers';
import { segments, type SegmentName } from '../../domain/segments';
import type { Journey } from '../../workflows/engine/journey';
import { journeys } from '../../workflows/journeys';
import { simulate, type Scenario } from '../../workflows/simulate/simulate';
import {
  completed,
  completedAt,
  eventArgument,
  timedEventArgument,
  type EventArgument,
} from '../simulate/events';
import { describeTimeline, timelineOf } from '../simulate/timeline';
import { oneOf } from '../simulate/words';

interface Flags {
  readonly trigger?: EventArgument;
  readonly event: readonly (EventArgument & { readonly after: Duration })[];
  readonly start?: string;
  readonly zone: string;
  readonly segment: readonly SegmentName[];
  readonly attribute: Partial<JourneyAttributes>;
  readonly offer: Partial<Record<Slot, readonly string[]>>;
  readonly bestTime?: NonNullable<Scenario['bestTime']>;
  readonly json: boolean;
}

const examples = `
Examples:
  perene simulate onboarding --offer onboarding=tyres --event profile.completed@1d
  perene simulate upsell --offer upsell=tyres --event offer.viewed@8d --event 'order.completed@9d {"amount":49000}'
  perene simulate maintenance --start 2026-03-02T10:00 --event 'vehicle.odometer_read@100d {"odometerKm":5010}'

An order, a vehicle, a model and an offer that an event needs and that are not given are made up, the same for all events.
`;

/** `perene simulate`: a journey played for one customer on a fake clock, without a server. */
export function simulateCommand(): Command {
  return new Command('simulate')
    .description('Plays a journey for one customer on a fake clock and prints what happens when.')
    .argument('<journey>', `which one: ${journeys.map(({ name }) => name).join(', ')}`, journeyOf)
    .option('--trigger <event>', "the entry event: NAME or 'NAME {JSON}' (default: the first)", eventArgument)
    .option(
      '--event <event>',
      "what the customer does: NAME@2d or 'NAME@2d {JSON}'; may be repeated",
      addEvent,
      [],
    )
    .option('--start <moment>', 'local date and time of the entry, such as 2026-03-02T10:00 (default: now)')
    .option('--zone <zone>', "the customer's time zone", zoneOf, 'America/Sao_Paulo')
    .option('--segment <name>', 'a segment that the customer is in; may be repeated', addSegment, [])
    .option('--attribute <name=value>', 'an attribute of the customer; may be repeated', addAttribute, {})
    .option('--offer <slot=id>', 'an offer for a slot, the best first; may be repeated', addOffer, {})
    .option(
      '--best-time <hour>',
      'when and how the customer answers best: 18, or sms@18 (default: the first hour allowed, by e-mail)',
      bestTimeOf,
    )
    .option('--json', 'print one JSON value for programs', false)
    .addHelpText('after', examples)
    .action((journey: Journey, flags: Flags, command: Command) => run(journey, flags, command));
}

async function run(journey: Journey, flags: Flags, command: Command): Promise<void> {
  const scenario = orEnd(command, () => scenarioOf(journey, flags));
  const played = await simulate(journey, scenario);
  const { zone } = flags;
  const timeline = timelineOf(played, scenario, zone);
  if (flags.json) {
    const { outcome, messages } = played;
    const start = timeline[0]?.at;
    const shown = { journey: journey.name, zone, start, outcome, messages: messages.length, timeline };
    process.stdout.write(`${JSON.stringify(shown, null, 2)}\n`);
    return;
  }
  process.stdout.write(`${journey.name}, in ${zone}\n\n${describeTimeline(timeline, zone)}`);
}

function scenarioOf(journey: Journey, flags: Flags) {
  const { attribute: attributes, offer: offers, segment, zone, start, bestTime } = flags;
  const [first] = journey.entry;
  const trigger = flags.trigger ?? (first && { name: first.event, given: fixedBy(first.where) });
  if (!trigger || !journey.entry.some(({ event }) => event === trigger.name)) {
    const entries = journey.entry.map(({ event }) => event);
    oneOf(entries, trigger?.name ?? '', `entry of ${journey.name} by`);
    throw new InvalidArgumentError(`${journey.name} has no entry.`);
  }
  const offerId = Object.values(offers)[0]?.[0] ?? 'offer-1';
  return {
    start: start === undefined ? Math.floor(Date.now() / 60_000) * 60_000 : instantOf(start, zone),
    timeZone: zone,
    trigger: completed(trigger, offerId),
    events: flags.event.map((event) => completedAt(event, offerId)),
    segments: segment,
    attributes,
    offers,
    ...(bestTime && { bestTime }),
  } satisfies Scenario;
}

/** What can be judged only when all options are known ends the command as a bad option does. */
function orEnd<Result>(command: Command, read: () => Result): Result {
  try {
    return read();
  } catch (error) {
    if (error instanceof InvalidArgumentError) command.error(`error: ${error.message}`, { exitCode: 2 });
    throw error;
  }
}

function journeyOf(name: string): Journey {
  const found = journeys.find((journey) => journey.name === name);
  if (found) return found;
  const names = journeys.map((journey) => journey.name);
  throw new InvalidArgumentError(`There is no journey "${name}". There are: ${names.join(', ')}.`);
}

const addEvent = (text: string, before: Flags['event']): Flags['event'] => [
  ...before,
  timedEventArgument(text),
];

const addSegment = (name: string, before: Flags['segment']): Flags['segment'] => [
  ...before,
  oneOf(Object.keys(segments) as SegmentName[], name, 'segment'),
];

function addAttribute(text: string, before: Flags['attribute']): Flags['attribute'] {
  const [given, value] = pairOf(text, 'tier=gold');
  const name: AttributeName = oneOf(attributeNames, given, 'attribute');
  return {
    ...before,
    [name]: /^(true|false|-?\d+(\.\d+)?)$/.test(value) ? (JSON.parse(value) as unknown) : value,
  };
}

function addOffer(text: string, before: Flags['offer']): Flags['offer'] {
  const [given, id] = pairOf(text, 'upsell=tyres');
  const slot = oneOf(slots, given, 'slot');
  return { ...before, [slot]: [...(before[slot] ?? []), id] };
}

function pairOf(text: string, example: string): [string, string] {
  const [, name, value] = /^([^=]+)=(.+)$/s.exec(text) ?? [];
  if (name === undefined || value === undefined) throw new InvalidArgumentError(`Write it like ${example}.`);
  return [name, value];
}

function bestTimeOf(text: string): NonNullable<Scenario['bestTime']> {
  const [, way, hour] = /^(?:(\w+)@)?(\d{1,2})$/.exec(text) ?? [];
  if (hour === undefined || Number(hour) > 23)
    throw new InvalidArgumentError('Write an hour from 0 to 23, with a channel or without: 18, sms@18.');
  return { hour: Number(hour), ...(way !== undefined && { channel: oneOf(channels, way, 'channel') }) };
}

function zoneOf(name: string): string {
  if (!IANAZone.isValidZone(name))
    throw new InvalidArgumentError('It must be an IANA time zone such as America/Manaus.');
  return name;
}

function instantOf(text: string, zone: string): number {
  const local = DateTime.fromISO(text, { zone });
  if (!local.isValid)
    throw new InvalidArgumentError(`--start ${text} is no date and time. Write it like 2026-03-02T10:00.`);
  return local.toMillis();
}
