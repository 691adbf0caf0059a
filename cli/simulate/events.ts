import { InvalidArgumentError } from 'commander';
import type { z } from 'zod';
import type { Duration } from '../../domain/duration';
import { eventSchemas } from '../../domain/event-schemas';
import type { EventName } from '../../domain/events';
import type { Scenario, SimulatedEvent } from '../../workflows/simulate/simulate';
import { spanOf } from '../span';
import { listOf, oneOf } from './words';

type Trigger = NonNullable<Scenario['trigger']>;
type Properties = Readonly<Record<string, unknown>>;

/** What the command line says of an event; its properties are not complete yet. */
export interface EventArgument {
  readonly name: EventName;
  readonly given: Properties;
}

/** Properties that an event needs and the command line leaves out: everything is about the same order and vehicle. */
const samples: Properties = {
  orderId: 'order-1',
  vehicleId: 'vehicle-1',
  model: 'Perene 208',
  expectedOrders: 0.4,
  usualOrders: 1.2,
};

const names = Object.keys(eventSchemas) as EventName[];

/** `<name> [<JSON>]`. @throws InvalidArgumentError */
export function eventArgument(text: string): EventArgument {
  const [, name = '', json] = /^(\S*)\s*(.*)$/s.exec(text.trim()) ?? [];
  return { name: oneOf(names, name, 'event'), given: propertiesOf(json) };
}

/** `<name>@<span> [<JSON>]`. @throws InvalidArgumentError */
export function timedEventArgument(text: string): EventArgument & { readonly after: Duration } {
  const [, name = '', span, json = ''] = /^([^\s@]*)(?:@(\S+))?\s*(.*)$/s.exec(text.trim()) ?? [];
  const event = eventArgument(`${name} ${json}`);
  if (span === undefined) {
    throw new InvalidArgumentError(
      `Say when it comes, after the entry: ${name}@2d, or '${name}@36h {...}' with properties.`,
    );
  }
  return { ...event, after: spanOf(span) };
}

/**
 * An event with all that its schema asks for.
 *
 * @param offerId the offer that events about an offer mean where they do not say
 * @throws InvalidArgumentError - a property is unknown, wrong, or missing and can't be made up
 */
export function completed(event: EventArgument, offerId: string): Trigger {
  const { name, given } = event;
  const schema: z.ZodObject = eventSchemas[name];
  const known = Object.keys(schema.shape);
  const unknown = Object.keys(given).find((property) => !known.includes(property));
  if (unknown !== undefined) {
    const those = known.length === 0 ? 'It has none.' : `It has: ${listOf(known)}.`;
    throw new InvalidArgumentError(`${name} has no property "${unknown}". ${those}`);
  }
  const parsed = schema.safeParse({ ...samplesFor(schema, event, offerId), ...given });
  if (parsed.success) return { name, properties: parsed.data } as Trigger;
  const problems = parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
  throw new InvalidArgumentError(`${name} is not complete. ${problems.join('; ')}.`);
}

/** @throws InvalidArgumentError */
export function completedAt(
  event: EventArgument & { readonly after: Duration },
  offerId: string,
): SimulatedEvent {
  return { ...completed(event, offerId), after: event.after };
}

/** Sample values for those properties without which the event would be refused. */
function samplesFor(schema: z.ZodObject, { given }: EventArgument, offerId: string): Properties {
  const all: Properties = { ...samples, offerId };
  const refused = schema.safeParse(given).error?.issues.map(({ path }) => String(path[0])) ?? [];
  return Object.fromEntries(refused.filter((name) => name in all).map((name) => [name, all[name]]));
}

function propertiesOf(json: string | undefined): Properties {
  if (json === undefined || json === '') return {};
  try {
    const parsed: unknown = JSON.parse(json);
    if (typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed)) return { ...parsed };
  } catch {
    // Told below: what is not JSON is no object either.
  }
  throw new InvalidArgumentError(`Properties are a JSON object such as {"orderId":"o1"}, not ${json}.`);
}
