import { customerTime, type CustomerClock } from '../../domain/clock';
import type { ContactPolicy } from '../../domain/contact-policy';
import type { Channel } from '../../domain/messages';
import { hasRoom, type Contact, type ContactLimits } from '../../store/contact-counts';
import type { MessagePlan } from '../../store/messages';
import type { Store } from '../../store/store';
import { daysAfter, localDate } from '../calendar';

export interface CapDependencies {
  readonly store: Pick<Store, 'contactCounts' | 'messages'>;
  readonly policy: ContactPolicy;
  /** Real epoch milliseconds. */
  readonly now: () => number;
}

/** Where a person's day begins and ends: an IANA zone, and the clock they live by. */
export interface LocalLife {
  readonly zone: string;
  readonly clock: CustomerClock | undefined;
}

/** How long contacts are kept, milliseconds: no week that they belong to is still open then. */
const keep = 15 * 86_400_000;

interface Rival {
  readonly channel: Channel;
  readonly day: string;
}

/** Keeps to the caps of the contact policy, however many messages ask at once. */
export function createContactCaps({ store, policy, now }: CapDependencies) {
  return {
    /**
     * Counts a message as a contact, if every cap leaves room. Places that planned messages of a higher priority will
     * need on the same local day, or within a week from it, are left to them. The same message on the same day counts
     * once.
     *
     * @returns null where a cap leaves no room
     */
    async reserve(plan: MessagePlan, { zone, clock }: LocalLife): Promise<Contact | null> {
      const { _id: messageId, customerId, channel, priority } = plan;
      const dateAt = (real: number) => localDate(customerTime(clock, real), zone);
      const day = dateAt(now());
      const planned = await store.messages.plannedAbove(customerId, priority);
      const rivals = planned.map((rival) => ({
        channel: rival.channel,
        day: dateAt(rival.dueAt?.getTime() ?? now()),
      }));
      const contact: Contact = { customerId, channel, messageId, day };
      const limits = limitsFor(contact, { policy, rivals });
      const isReserved = await store.contactCounts.reserve(contact, limits, new Date(now() + keep));
      return isReserved ? contact : null;
    },
    /**
     * Tells where the caps leave room for a message, as things stand: everything else that is planned has its place.
     *
     * @returns says it for a channel and an instant of the customer's clock
     */
    async outlook(
      { _id, customerId }: Pick<MessagePlan, '_id' | 'customerId'>,
      { zone, clock }: LocalLife,
    ): Promise<(channel: MessagePlan['channel'], instant: number) => boolean> {
      const [planned, made] = await Promise.all([
        store.messages.plannedAbove(customerId, -Infinity),
        store.contactCounts.ofCustomer(customerId),
      ]);
      const rivals = planned
        .filter((rival) => rival._id !== _id)
        .map((rival) => ({
          channel: rival.channel,
          day: localDate(customerTime(clock, rival.dueAt?.getTime() ?? now()), zone),
        }));
      return (channel, instant) => {
        const contact = { customerId, channel, messageId: _id, day: localDate(instant, zone) };
        return hasRoom(made, contact, limitsFor(contact, { policy, rivals }));
      };
    },
    /** Takes back a contact that was not made. */
    release: (contact: Contact) => store.contactCounts.release(contact),
  };
}

/**
 * What the policy and the places kept for others leave to a contact. A cap on the week holds for every seven days in a
 * row: those that end on its day, and, where a message is planned within the next six, those that end on that one's.
 */
function limitsFor(
  { channel, day }: Contact,
  { policy, rivals }: { readonly policy: ContactPolicy; readonly rivals: readonly Rival[] },
): ContactLimits {
  const { perDay, perWeek } = policy.caps[channel];
  const onChannel = (rival: Rival) => rival.channel === channel;
  const ahead = rivals.filter((rival) => rival.day > day && rival.day <= daysAfter(day, 6));
  const ends = new Set([day, ...ahead.map((rival) => rival.day)]);
  return {
    perDay: perDay - rivals.filter((rival) => rival.day === day && onChannel(rival)).length,
    weeks: [...ends].map((to) => {
      const from = daysAfter(to, -6);
      const inWeek = rivals.filter((rival) => rival.day >= from && rival.day <= to);
      return {
        from,
        to,
        ofChannel: perWeek - inWeek.filter(onChannel).length,
        ofAll: policy.all.perWeek - inWeek.length,
      };
    }),
    forgetBefore: daysAfter(day, -7),
  };
}

export type ContactCaps = ReturnType<typeof createContactCaps>;
