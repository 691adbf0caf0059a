import { randomUUID } from 'node:crypto';
import { eventSchemas, reservedIn } from '../../domain/event-schemas';
import type { TrackingCall } from '../../domain/tracking-schemas';
import { issuesOf } from '../errors';
import { isEventName, type Arrival } from './arrival';
import { consentStatements, traitsProfile, type ProfileDefaults } from './profile';

/** What is wrong with a call: paths and reasons, no values. */
export type CallIssues = ReturnType<typeof issuesOf>;

/**
 * Reads one call of Segment's API: what is to be stored, or what is wrong with it.
 *
 * @param now taken as the time of a call that does not tell its own
 */
export function readCall(
  call: TrackingCall,
  now: Date,
  defaults: ProfileDefaults,
): { readonly arrival: Arrival } | { readonly issues: CallIssues } {
  const { userId = null, anonymousId } = call;
  if (userId === null && (anonymousId === undefined || anonymousId === null)) {
    return { issues: [{ path: 'userId', message: 'give userId or anonymousId' }] };
  }
  const { name, properties } = eventOf(call);
  const id = call.messageId ?? randomUUID();
  const reserved = reservedIn({ name, id });
  if (reserved) return { issues: [refusals[reserved]] };
  if (name === 'survey.answered' && 'messageId' in properties) return { issues: [refusals.answer] };
  if (isEventName(name)) {
    const checked = eventSchemas[name].safeParse(properties);
    if (!checked.success) return { issues: within('properties', issuesOf(checked.error)) };
  }
  const occurredAt = call.timestamp ? new Date(call.timestamp) : now;
  const event: Arrival['event'] = {
    _id: id,
    name,
    customerId: userId,
    ...(typeof anonymousId === 'string' && { anonymousId }),
    properties,
    occurredAt,
  };
  if (call.type !== 'identify' || userId === null) return { arrival: { event } };
  const profile = traitsProfile(call.traits ?? {}, defaults);
  if ('error' in profile) return { issues: within('traits', issuesOf(profile.error)) };
  const said = { at: occurredAt, source: 'identify', eventId: event._id } as const;
  const consents = consentStatements(profile.consent, said);
  return { arrival: { event, profile: profile.change, consents } };
}

const refusals = {
  name: {
    path: 'event',
    message: 'only Perene itself emits an event of this name; send what happened under another one',
  },
  id: { path: 'messageId', message: "begins as the ids of Perene's own events do; choose another beginning" },
  answer: {
    path: 'properties.messageId',
    message: 'only Perene knows which of its e-mails was answered; leave it out',
  },
} as const;

/** The event that a call becomes. An identify's traits go to the customer and stay out of the event. */
function eventOf(call: TrackingCall): { name: string; properties: Record<string, unknown> } {
  switch (call.type) {
    case 'identify':
      return { name: 'customer.identified', properties: {} };
    case 'track':
      return { name: call.event, properties: call.properties ?? {} };
    case 'page':
      return { name: 'page.viewed', properties: named(call) };
    case 'screen':
      return { name: 'screen.viewed', properties: named(call) };
    case 'group':
      return { name: 'group.joined', properties: { ...call.traits, groupId: call.groupId } };
    case 'alias':
      return { name: 'customer.aliased', properties: { previousId: call.previousId } };
    default:
      return call satisfies never;
  }
}

const named = ({
  name,
  properties,
}: {
  name?: string | null | undefined;
  properties?: object | null | undefined;
}) => ({
  ...properties,
  ...(typeof name === 'string' && { name }),
});

const within = (place: string, issues: CallIssues): CallIssues =>
  issues.map(({ path, message }) => ({ path: path === '' ? place : `${place}.${path}`, message }));
