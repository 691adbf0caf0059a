import { stepKey } from '../../domain/enrolment';
import type { Configuration } from '../../domain/configuration';
import type { PersonalField } from '../../domain/deliveries';
import type { CustomerDocument } from '../../store/customers';
import type { DeliveryDocument } from '../../store/deliveries';
import type { Store } from '../../store/store';
import type { WebhookDocument } from '../../store/webhooks';
import type { JourneyActivities } from '../contract';
import { createAlerts, type AlertDependencies } from './alerts';
import { createCall, type CallOptions, type CallOutcome } from './call';
import { createDeliver, personalOf, type Attempt } from './deliver';
import { unseal } from './seal';
import { callId, signatureHeaders } from './sign';

export interface WebhookDependencies {
  readonly store: Pick<Store, 'alerts' | 'customers' | 'deliveries' | 'journeys' | 'webhooks'>;
  readonly configuration: Pick<
    Configuration,
    'business' | 'email' | 'globalHoldout' | 'http' | 'keys' | 'webhookHosts'
  >;
  readonly email: AlertDependencies['email'];
  /** Real epoch milliseconds. */
  readonly now: () => number;
  /** How calls are made where it differs from the default. */
  readonly calls?: Pick<CallOptions, 'resolve' | 'timeout' | 'authorities'>;
}

/** What is told another system of a step. */
export interface Told {
  readonly data: Readonly<Record<string, unknown>>;
  readonly personal: readonly PersonalField[];
}

/** Posts what a step tells to a webhook, once. */
export type PostTo = (
  webhook: string,
  delivery: DeliveryDocument,
  told: Told & { readonly customer: CustomerDocument },
) => Promise<Attempt>;

/** How journeys call other systems and tell the team. */
export function createWebhooks(
  dependencies: WebhookDependencies,
): Pick<JourneyActivities, 'callWebhook' | 'alertTeam'> {
  const { store, configuration, now, calls } = dependencies;
  const { globalHoldout, keys, webhookHosts: trustedHosts } = configuration;
  const deliver = createDeliver({ store, globalHoldout, now });
  const call = createCall({ trustedHosts, ...calls });

  const secretsOf = ({ secret, previous }: WebhookDocument): string[] =>
    [secret, ...(previous && previous.until.getTime() > now() ? [previous.secret] : [])].map((sealed) =>
      unseal(sealed, keys.secret),
    );

  const post: PostTo = async (name, delivery, { data, personal, customer }) => {
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

  return {
    callWebhook: ({ enrolment, step, to, data, personal, patience }) =>
      deliver(
        { enrolment, step, id: stepKey(enrolment.id, step), kind: 'webhook', to, patience },
        (delivery, customer) => post(to, delivery, { data, personal, customer }),
      ),
    ...createAlerts({ ...dependencies, deliver, post }),
  };
}

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
