import { covers, isPaused } from '../../domain/consent';
import { asksToConfirm, requestName } from '../../domain/double-opt-in';
import { customerTime, realTime, type CustomerClock } from '../../domain/clock';
import type { ContactPolicy } from '../../domain/contact-policy';
import { isHeldOutOfAll } from '../../domain/holdout';
import type { DailyWindow } from '../../domain/local-moment';
import type { MessageResult, SuppressionReason } from '../../domain/messages';
import type { CustomerDocument } from '../../store/customers';
import type { HeldBy, MessagePlan } from '../../store/messages';
import type { Store } from '../../store/store';
import type { SuppressionDocument } from '../../store/suppressions';
import { firstAllowed, zoneOf } from '../calendar';
import type { SendRequest } from '../contract';
import { addressOn } from './addresses';

/** The person a message may go to now. */
export interface Recipient {
  readonly customer: CustomerDocument;
  readonly address: string;
  /** IANA zone in which the person lives. */
  readonly zone: string;
}

/** Whether a message may go now. `until` is a real instant, epoch milliseconds. */
export type Verdict =
  | { readonly kind: 'send'; readonly recipient: Recipient }
  | { readonly kind: 'hold'; readonly heldBy: HeldBy; readonly until: number }
  | { readonly kind: 'drop'; readonly end: Extract<MessageResult, { reason: string }> };

export interface CheckDependencies {
  readonly store: Pick<Store, 'customers' | 'journeys' | 'suppressions' | 'sendSlots'>;
  readonly businessTimeZone: string;
  readonly policy: ContactPolicy;
  /** Share of customers whom no marketing reaches, percent. */
  readonly globalHoldout: number;
  /** Most messages a second, by channel. */
  readonly rates: Readonly<Record<MessagePlan['channel'], number>>;
  /** Real epoch milliseconds. */
  readonly now: () => number;
}

/** Milliseconds on the customer's clock between two looks at a paused journey: as long as it has been paused, within these. */
const [shortestPause, longestPause] = [60_000, 300_000];

const suppressed = (reason: SuppressionReason): Verdict => ({
  kind: 'drop',
  end: { state: 'suppressed', reason },
});

/** The rules that a message must pass at the last moment; the caps of the contact policy alone are decided elsewhere. */
export function createChecks({
  store,
  businessTimeZone,
  policy,
  rates,
  now,
  globalHoldout,
}: CheckDependencies) {
  const hold = async (heldBy: HeldBy, plan: MessagePlan, notBefore: number): Promise<Verdict> => {
    return {
      kind: 'hold',
      heldBy,
      // When they come back each takes its place in the channel like any other message, so these are no such places.
      until: await store.sendSlots.next(`held/${plan.channel}`, notBefore, rates[plan.channel]),
    };
  };

  /** @param known the customer where they were just read; what changed since is seen by {@link createLastLook} */
  return async (
    plan: MessagePlan,
    { enrolment, sendWindow }: SendRequest,
    known?: CustomerDocument,
  ): Promise<Verdict> => {
    const { channel, purpose } = plan;
    const [pausedAt, customer] = await Promise.all([
      store.journeys.pausedAt(plan.journey),
      known ?? store.customers.find(plan.customerId),
    ]);
    if (pausedAt) return hold('journey-paused', plan, nextLook(pausedAt, now(), enrolment.clock));
    if (!customer) return suppressed('customer-unknown');
    if (customer.erasedAt) return suppressed('customer-erased');
    const address = addressOn(channel, customer);
    if (address === undefined) return suppressed('no-address');
    if (asksToConfirm(plan.template) && !waits(customer, enrolment.key)) return suppressed('request-over');
    if (purpose === 'marketing' && customer.consent[channel]?.granted !== true)
      return suppressed('no-consent');
    const suppression = await store.suppressions.find({ channel, address });
    if (suppression && forbids(suppression, plan)) return suppressed('suppression-list');
    if (purpose === 'marketing' && !covers(customer.consent[channel], plan.topic))
      return suppressed('no-consent');
    if (purpose === 'marketing' && isPaused(customer.consent[channel], new Date(now())))
      return suppressed('paused');

    const zone = zoneOf(customer.timeZone, businessTimeZone);
    if (purpose === 'marketing') {
      if (enrolment.holdout || isHeldOutOfAll(globalHoldout, plan.customerId)) return suppressed('holdout');
      const time = customerTime(enrolment.clock, now());
      const opening = firstAllowed(time, zone, windowsOf(policy, sendWindow));
      if (opening === null) return { kind: 'drop', end: { state: 'failed', reason: 'no-allowed-hour' } };
      if (opening > time) return hold('hours', plan, realTime(enrolment.clock, opening));
    }
    return { kind: 'send', recipient: { customer, address, zone } };
  };
}

/**
 * Looks once more at what the person wants, after the message was claimed. Whoever records a refusal or a new address looks
 * for claims after that: of a send and a refusal at the same time, one sees the other.
 *
 * @returns why the message must not go, `address-changed` where it has to be written anew, or null
 */
export function createLastLook({ store, now }: Pick<CheckDependencies, 'store' | 'now'>) {
  return async (
    plan: MessagePlan,
    address: string,
  ): Promise<SuppressionReason | 'address-changed' | null> => {
    const { channel, purpose } = plan;
    const [customer, suppression] = await Promise.all([
      store.customers.find(plan.customerId),
      store.suppressions.find({ channel, address }),
    ]);
    if (!customer || customer.erasedAt) return 'customer-erased';
    if (addressOn(channel, customer) !== address) return 'address-changed';
    if (purpose === 'marketing' && customer.consent[channel]?.granted !== true) return 'no-consent';
    if (suppression && forbids(suppression, plan)) return 'suppression-list';
    if (purpose !== 'marketing') return null;
    if (!covers(customer.consent[channel], plan.topic)) return 'no-consent';
    return isPaused(customer.consent[channel], new Date(now())) ? 'paused' : null;
  };
}

/** Whether a request for marketing by e-mail waits for its answer, the very one where it is named. */
function waits({ consent }: CustomerDocument, request: string | undefined): boolean {
  const awaiting = consent.email?.awaiting;
  return awaiting !== undefined && (request === undefined || request === requestName(awaiting.since));
}

/** All windows that a marketing message keeps to. */
export const windowsOf = ({ hours }: ContactPolicy, journey: DailyWindow | undefined): DailyWindow[] =>
  journey ? [hours, journey] : [hours];

/** A block holds for every message, an unsubscribe for marketing on its topic. */
export function forbids(
  { blocked, unsubscribed = {} }: SuppressionDocument,
  { purpose, topic }: Pick<MessagePlan, 'purpose' | 'topic'>,
): boolean {
  if (blocked) return true;
  return purpose === 'marketing' && (unsubscribed.all !== undefined || unsubscribed[topic] !== undefined);
}

/** When a paused journey is looked at again, real epoch milliseconds. */
export function nextLook(pausedAt: Date, now: number, clock: CustomerClock | undefined): number {
  const paused = Math.min(Math.max(now - pausedAt.getTime(), shortestPause), longestPause);
  return realTime(clock, customerTime(clock, now) + paused);
}
