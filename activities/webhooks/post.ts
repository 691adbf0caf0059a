import type { Configuration } from '../../domain/configuration';
import type { PersonalField } from '../../domain/deliveries';
import type { CustomerDocument } from '../../store/customers';
import type { DeliveryDocument } from '../../store/deliveries';
import type { Store } from '../../store/store';
import type { WebhookDocument } from '../../store/webhooks';
import { createCall, type CallOptions, type CallOutcome } from './call';
import type { Attempt, Told } from './deliver';
import { unseal } from './seal';
import { callId, signatureHeaders } from './sign';

export interface PostDependencies {
  readonly store: Pick<Store, 'webhooks'>;
  readonly configuration: Pick<Configuration, 'keys' | 'webhookHosts'>;
  /** Real epoch milliseconds. */
  readonly now: () => number;
  /** How calls are made where it differs from the default. */
  readonly calls?: Pick<CallOptions, 'resolve' | 'timeout' | 'authorities'>;
}

/** Posts what a delivery tells to a webhook. Id and body are the same at every attempt, the signature is of its moment. */
export type PostTo = (
  webhook: string,
  delivery: DeliveryDocument,
  told: Told & { readonly customer: CustomerDocument },
) => Promise<Attempt>;

/** Makes the function that calls webhooks by their names. */
export function createPost({ store, configuration, now, calls }: PostDependencies): PostTo {
  const { keys, webhookHosts: trustedHosts } = configuration;
  const call = createCall({ trustedHosts, ...calls });

  const secretsOf = ({ secret, previous }: WebhookDocument): string[] =>
    [secret, ...(previous && previous.until.getTime() > now() ? [previous.secret] : [])].map((sealed) =>
      unseal(sealed, keys.secret),
    );

  return async (name, delivery, { data, personal, customer }) => {
    const webhook = await store.webhooks.find(name);
    if (!webhook) return { kind: 'later', reason: 'no-such-webhook' };
    if (webhook.disabledAt) return { kind: 'failed', reason: 'webhook-disabled' };
    const { _id, customerId, enrolmentId: enrolment, journey, step, createdAt } = delivery;
    const named = personalOf(customer, personal);
    const body = JSON.stringify({
      type: `journey.${delivery.kind}`,
      timestamp: createdAt.toISOString(),
      data: {
        ...{ name: delivery.to, customerId, journey, enrolment, step, ...data },
        ...(personal.length > 0 && { customer: named }),
      },
    });
    const signed = signatureHeaders({ id: callId(_id), at: now(), body }, secretsOf(webhook));
    const headers = { 'content-type': 'application/json', 'user-agent': 'Perene', ...signed };
    const outcome = await call(webhook.url, headers, body);
    if (outcome.outcome === 'gone') await store.webhooks.disable(name, new Date(now()));
    return attemptOf(outcome);
  };
}

/** What a journey named of a customer; fields that they do not have are left out. */
const personalOf = (
  customer: CustomerDocument,
  fields: readonly PersonalField[],
): Partial<Record<PersonalField, string>> =>
  Object.fromEntries(
    fields.flatMap((field) => (customer[field] === undefined ? [] : [[field, customer[field]]])),
  );

function attemptOf(outcome: CallOutcome): Attempt {
  const status = outcome.status === undefined ? {} : { status: outcome.status };
  switch (outcome.outcome) {
    case 'taken':
      return { kind: 'delivered', ...status };
    case 'gone':
      return { kind: 'failed', reason: 'gone', ...status };
    case 'refused':
      return { kind: 'failed', reason: outcome.reason, ...status };
    case 'unavailable': {
      const { reason, retryAfter } = outcome;
      return { kind: 'later', reason, ...status, ...(retryAfter !== undefined && { after: retryAfter }) };
    }
    default:
      return outcome satisfies never;
  }
}
