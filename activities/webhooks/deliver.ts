import { isHeldOutOfAll } from '../../domain/holdout';
import type { DeliverySuppression } from '../../domain/deliveries';
import type { CustomerDocument } from '../../store/customers';
import type { DeliveryDocument } from '../../store/deliveries';
import type { Store } from '../../store/store';
import type { DeliverResult, EnrolmentRef, WebhookRequest } from '../contract';
import { nextLook } from '../messaging/checks';
import { backOff, hasPassed } from './due';

export interface DeliverDependencies {
  readonly store: Pick<Store, 'customers' | 'deliveries' | 'journeys'>;
  /** Share of customers whom no marketing reaches, percent. */
  readonly globalHoldout: number;
  /** Real epoch milliseconds. */
  readonly now: () => number;
  readonly tell: Tell;
}

/** What another system or the team is told of a step. */
export type Told = Pick<WebhookRequest, 'data' | 'personal'>;

/** One attempt at a delivery. */
export type Tell = (delivery: DeliveryDocument, told: Told, customer: CustomerDocument) => Promise<Attempt>;

/** What is to be delivered, for which step. */
export interface Order {
  readonly enrolment: EnrolmentRef;
  readonly step: string;
  /** Id in the ledger; two attempts with the same one are one delivery. */
  readonly id: string;
  readonly kind: DeliveryDocument['kind'];
  readonly to: string;
  readonly patience: number;
  readonly told: Told;
}

/** How one attempt went. */
export type Attempt =
  | { readonly kind: 'delivered'; readonly status?: number }
  | { readonly kind: 'failed'; readonly reason: string; readonly status?: number }
  /** `after` is a time that the other side asks for, milliseconds. */
  | { readonly kind: 'later'; readonly reason: string; readonly status?: number; readonly after?: number };

const stopped: DeliverResult = { state: 'suppressed', reason: 'journey-stopped' };

/** Carries a delivery through the ledger: planned once, tried until it is taken or the patience is over. */
export function createDeliver({ store, globalHoldout, now, tell }: DeliverDependencies) {
  return async ({ enrolment, step, id, kind, to, patience, told }: Order): Promise<DeliverResult> => {
    const { customerId, journey, clock } = enrolment;
    const pausedAt = await store.journeys.pausedAt(journey);
    if (pausedAt) return { state: 'deferred', until: nextLook(pausedAt, now(), clock) };
    const customer = await store.customers.find(customerId);
    const reason = suppressionOf(customer, globalHoldout) ?? (enrolment.holdout ? 'holdout' : undefined);
    // Of somebody who was erased nothing is written down.
    if (reason === 'customer-erased') return { state: 'suppressed', reason };
    const about = { customerId, enrolmentId: enrolment.id, journey, step, kind, to };
    const planned = await store.deliveries.plan({ ...about, _id: id, createdAt: new Date(now()) });
    const known = resultOf(planned);
    if (known) return known;
    if (reason !== undefined || !customer) {
      const result = { state: 'suppressed', reason: reason ?? 'customer-unknown' } as const;
      await store.deliveries.settle(id, result, { at: new Date(now()) });
      return result;
    }

    if (!(await store.deliveries.begin(id, new Date(now())))) {
      // The run ended just now, or another attempt has settled it.
      return (
        resultOf(await store.deliveries.plan({ ...about, _id: id, createdAt: planned.createdAt })) ?? stopped
      );
    }
    const went = await tell(planned, told, customer);
    const at = new Date(now());
    const answered = { at, ...(went.status !== undefined && { status: went.status }) };
    const span = { since: planned.createdAt.getTime(), now: at.getTime(), span: patience };
    if (went.kind === 'later' && !hasPassed(enrolment, span)) {
      const dueAt = new Date(at.getTime() + (went.after ?? backOff(planned.attempts + 1)));
      await store.deliveries.putOff(id, { ...answered, reason: went.reason, dueAt });
      return { state: 'deferred', until: dueAt.getTime() };
    }
    const result = endOf(went);
    await store.deliveries.settle(id, result, { ...answered, told: JSON.stringify(told) });
    return result;
  };
}

/** How a delivery ends after an attempt that is the last. */
export const endOf = (went: Attempt) =>
  went.kind === 'delivered'
    ? ({ state: 'delivered' } as const)
    : ({ state: 'failed', reason: went.reason } as const);

/** Why nobody is told of a customer; undefined where they may be. */
export function suppressionOf(
  customer: CustomerDocument | null,
  globalHoldout: number,
): DeliverySuppression | undefined {
  if (!customer) return 'customer-unknown';
  if (customer.erasedAt) return 'customer-erased';
  return isHeldOutOfAll(globalHoldout, customer._id) ? 'holdout' : undefined;
}

/** The result of a delivery that is over for its run. */
function resultOf({ state, reason = 'unknown' }: DeliveryDocument): DeliverResult | undefined {
  switch (state) {
    case 'planned':
      return undefined;
    case 'delivered':
      return { state };
    case 'failed':
    case 'replaying':
      return { state: 'failed', reason };
    case 'suppressed':
      return { state, reason: reason as DeliverySuppression };
    default:
      return state satisfies never;
  }
}
