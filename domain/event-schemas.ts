import { z } from 'zod';
import { enrolmentRefusals } from './enrolment';
import type { JourneyEvent } from './events';
import { dateText } from './instant-schemas';
import { channels, topics } from './messages';
import { currencies } from './money';
import { segmentNames } from './segments';
import { surveyKinds } from './surveys';

const id = z.string().min(1).max(128);
/** Longer than others: it names the run and the step that decided. */
const decisionId = z.string().min(1).max(512);
const enrolmentId = z.string().min(1).max(512);
const journeyName = z.string().max(64);
const kilometres = z.number().min(0).max(5_000_000);
const minorUnits = z.number().int();
const currency = z.enum(currencies);

/** What every event about a message of ours tells of it. */
const aboutMessage = {
  messageId: z.string().min(1).max(1_024),
  channel: z.enum(channels),
  template: z.string().max(128),
  topic: z.enum(topics),
  offerId: id.optional(),
  decisionId: decisionId.optional(),
};

/**
 * The events that journeys can name, each with the schema of its properties. Events of other names are accepted and
 * stored, but no journey waits for them. Properties that could tell who somebody is do not belong here: what is in this
 * catalogue may travel through Temporal. Unknown properties are stored with the event and never leave the database.
 */
export const eventSchemas = {
  'customer.signed_up': z.object({ source: z.string().max(64).optional() }),
  'customer.identified': z.object({}),
  'customer.churned': z.object({ reason: z.string().max(64).optional() }),
  'customer.lapsed': z.object({
    /** Purchases expected in the coming period, and what was expected of the customer in an equally long past one. */
    expectedOrders: z.number().min(0),
    usualOrders: z.number().min(0),
  }),
  /** A sweep found the customer in a segment by which a journey is entered. */
  'segment.entered': z.object({ segment: z.enum(segmentNames) }),
  /** Perene answers a run that asked for the enrolment of its customer in another journey. */
  'enrolment.answered': z.object({
    request: z.string().min(1).max(1_024),
    journey: journeyName,
    started: z.boolean(),
    /** The run that was begun, or that was open already. */
    enrolment: enrolmentId.optional(),
    refusal: z.enum(enrolmentRefusals).optional(),
  }),
  /** A run that another one had begun is over. */
  'journey.ended': z.object({
    journey: journeyName,
    enrolment: enrolmentId,
    outcome: z.enum(['completed', 'converted', 'exited']),
  }),
  /** Somebody asked for marketing that counts only once they confirmed it from their mailbox. */
  /** Somebody asks for marketing; `request` names what is to be confirmed. */
  'consent.requested': z.object({ channel: z.enum(channels), request: id }),
  'consent.confirmed': z.object({ channel: z.enum(channels), request: id }),
  /** Somebody wants no more marketing at all on a channel. */
  'consent.refused': z.object({ channel: z.enum(channels) }),
  'profile.completed': z.object({}),
  'page.viewed': z.object({ name: z.string().max(256).optional() }),
  'screen.viewed': z.object({ name: z.string().max(256).optional() }),
  'group.joined': z.object({ groupId: id.optional() }),
  'customer.aliased': z.object({ previousId: id.optional() }),
  'order.completed': z.object({
    orderId: id,
    amount: minorUnits.optional(),
    currency: currency.optional(),
    offerId: id.optional(),
    vehicleId: id.optional(),
  }),
  'order.delivered': z.object({ orderId: id, offerId: id.optional(), vehicleId: id.optional() }),
  'vehicle.delivered': z.object({
    vehicleId: id,
    model: z.string().max(64),
    odometerKm: kilometres.optional(),
    /** Date of the delivery, `YYYY-MM-DD`; the event's own day where it is missing. */
    deliveredOn: dateText.optional(),
  }),
  'vehicle.odometer_read': z.object({ vehicleId: id, odometerKm: kilometres }),
  'service.booked': z.object({
    vehicleId: id,
    model: z.string().max(64),
    bookedFor: dateText.optional(),
    odometerKm: kilometres.optional(),
  }),
  'service.completed': z.object({ vehicleId: id, odometerKm: kilometres.optional() }),
  'offer.viewed': z.object({ offerId: id, decisionId: decisionId.optional() }),
  'offer.accepted': z.object({ offerId: id, decisionId: decisionId.optional() }),
  'message.opened': z.object(aboutMessage),
  'message.clicked': z.object(aboutMessage),
  /** The text of the reply is stored beside these, and stays in the database. */
  'message.replied': z.object({
    ...z.object(aboutMessage).partial().shape,
    /** A word that we act on; the person then answered no question. */
    keyword: z.enum(['STOP', 'START', 'HELP']).optional(),
    /** What the reply says, where it begins with a plain yes or no, or with a number from 0 to 10. */
    answer: z.enum(['yes', 'no']).optional(),
    number: z.number().int().min(0).max(10).optional(),
  }),
  'message.bounced': z.object({ ...aboutMessage, hard: z.boolean() }),
  'message.complained': z.object(aboutMessage),
  /** What the person wrote beside the score is stored as `comment`, and stays in the database. */
  'survey.answered': z.object({
    ...z.object(aboutMessage).partial().shape,
    survey: z.enum(surveyKinds),
    score: z.number().int().min(0).max(10),
    /** The journey that asked. */
    journey: journeyName.optional(),
  }),
} as const satisfies Record<string, z.ZodObject>;

/**
 * Events that only Perene itself emits: consent, the state of messages and the order of journeys rest on them, so no
 * program may bring them in from outside, whatever its key. What a site or another system can know as well is not among
 * them: `offer.viewed`, `survey.answered`, and `customer.lapsed`, which a model of the business's own may find.
 */
const ownEvents: ReadonlySet<string> = new Set([
  'segment.entered',
  'enrolment.requested',
  'enrolment.answered',
  'journey.ended',
  'consent.requested',
  'consent.confirmed',
  'consent.refused',
  'message.opened',
  'message.clicked',
  'message.replied',
  'message.bounced',
  'message.complained',
] satisfies (keyof typeof eventSchemas | 'enrolment.requested')[]);

/** How the ids of Perene's own events begin that somebody could guess, and so make Perene take its own for a repeat. */
const ownIds = /^(answer|bounce|complaint|ended|enrol|enrolled-by|lapsed|segment|survey|consent\.[a-z]+):/;

/** What of an event from outside only Perene gives, so that it may not come in: its name, or its id. Undefined: neither. */
export function reservedIn(event: { readonly name: string; readonly id: string }): 'name' | 'id' | undefined {
  if (ownEvents.has(event.name)) return 'name';
  return ownIds.test(event.id) ? 'id' : undefined;
}

/** Properties of each event in the catalogue. */
export type EventProperties = { [Name in keyof typeof eventSchemas]: z.infer<(typeof eventSchemas)[Name]> };

/**
 * An event as it may travel through Temporal: only properties that the catalogue names are kept. Undefined for an event
 * that is not in the catalogue or whose properties do not fit it.
 */
export function toJourneyEvent(event: {
  readonly id: string;
  readonly name: string;
  readonly receivedAt: number;
  readonly properties: Readonly<Record<string, unknown>>;
}): JourneyEvent | undefined {
  const schemas: Record<string, z.ZodObject | undefined> = eventSchemas;
  const properties = schemas[event.name]?.safeParse(event.properties);
  return properties?.success ? ({ ...event, properties: properties.data } as JourneyEvent) : undefined;
}
