import { customerTime, type CustomerClock } from '../../domain/clock';
import type { ContactPolicy } from '../../domain/contact-policy';
import type { Contact } from '../../store/contact-counts';
import type { MessagePlan } from '../../store/messages';
import type { Store } from '../../store/store';
import { localDates } from '../calendar';

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

/** How long counts are kept, milliseconds: no local week is still open then. */
const keep = 15 * 86_400_000;

/** Keeps to the caps of the contact policy, however many messages ask at once. */
export function createContactCaps({ store, policy, now }: CapDependencies) {
  return {
    /**
     * Counts a message as a contact, if every cap leaves room. Places that planned messages of a higher priority will
     * need on the same local day, or in the same week, are left to them. The same message on the same day counts once.
     *
     * @returns null where a cap leaves no room
     */
    async reserve(plan: MessagePlan, { zone, clock }: LocalLife): Promise<Contact | null> {
      const { _id: messageId, customerId, channel, priority } = plan;
      const datesAt = (real: number) => localDates(customerTime(clock, real), zone);
      const today = datesAt(now());
      const planned = await store.messages.plannedAbove(customerId, priority);
      const thisWeek = planned
        .map((rival) => ({ channel: rival.channel, ...datesAt(rival.dueAt?.getTime() ?? now()) }))
        .filter(({ week }) => week === today.week);
      const onChannel = thisWeek.filter((rival) => rival.channel === channel);
      const limits = {
        perDay: policy.caps[channel].perDay - onChannel.filter(({ day }) => day === today.day).length,
        perWeek: policy.caps[channel].perWeek - onChannel.length,
        allPerWeek: policy.all.perWeek - thisWeek.length,
      };
      const contact: Contact = { customerId, channel, messageId, ...today };
      const isReserved = await store.contactCounts.reserve(contact, limits, new Date(now() + keep));
      return isReserved ? contact : null;
    },
    /**
     * Tells where the caps leave room for a message, as things stand: everything else that is planned has its place.
     *
     * @returns says it for an instant of the customer's clock
     */
    async outlook(
      { _id, customerId, channel }: Pick<MessagePlan, '_id' | 'customerId' | 'channel'>,
      { zone, clock }: LocalLife,
    ): Promise<(instant: number) => boolean> {
      const [planned, made] = await Promise.all([
        store.messages.plannedAbove(customerId, -Infinity),
        store.contactCounts.ofCustomer(customerId),
      ]);
      const rivals = planned
        .filter((rival) => rival._id !== _id)
        .map((rival) => ({
          channel: rival.channel,
          ...localDates(customerTime(clock, rival.dueAt?.getTime() ?? now()), zone),
        }));
      return (instant) => {
        const { day, week } = localDates(instant, zone);
        const counts = made.find((each) => each._id === `${customerId}/${week}`);
        const inWeek = rivals.filter((rival) => rival.week === week);
        const onChannel = inWeek.filter((rival) => rival.channel === channel);
        const onDay = onChannel.filter((rival) => rival.day === day).length;
        return (
          (counts?.inDay[day]?.[channel] ?? 0) + onDay < policy.caps[channel].perDay &&
          (counts?.inWeek[channel] ?? 0) + onChannel.length < policy.caps[channel].perWeek &&
          (counts?.inWeek.all ?? 0) + inWeek.length < policy.all.perWeek
        );
      };
    },
    /** Takes back a contact that was not made. */
    release: (contact: Contact) => store.contactCounts.release(contact),
  };
}

export type ContactCaps = ReturnType<typeof createContactCaps>;
