import type { Configuration } from '../../domain/configuration';
import { stepKey } from '../../domain/enrolment';
import type { DeliveryDocument } from '../../store/deliveries';
import type { Store } from '../../store/store';
import type { EmailProvider } from '../messaging/providers';
import type { Attempt, Tell } from './deliver';
import { createPost, type PostDependencies } from './post';
import { createTeamMail } from './team-mail';

export interface TellDependencies extends PostDependencies {
  readonly store: Pick<Store, 'alerts' | 'deliveries' | 'webhooks'>;
  readonly configuration: Pick<Configuration, 'business' | 'email' | 'http' | 'keys' | 'webhookHosts'>;
  readonly email: Pick<EmailProvider, 'send'>;
}

const nobody: Attempt = { kind: 'failed', reason: 'nobody-to-tell' };

/** Whether a delivery is the call that belongs to an alert, beside the e-mails to the team. */
const isCallOfAlert = ({ _id, enrolmentId, step }: DeliveryDocument): boolean =>
  _id === alertCallId(stepKey(enrolmentId, step));

/** The id of the call that belongs to an alert. */
export const alertCallId = (alert: string): string => `${alert}~webhook`;

/** Makes one attempt at a delivery of any kind, to where the settings lead at that moment. */
export function createTell(dependencies: TellDependencies): Tell {
  const { store } = dependencies;
  const post = createPost(dependencies);
  const write = createTeamMail(dependencies);

  return async (delivery, told, customer) => {
    if (delivery.kind === 'webhook') return post(delivery.to, delivery, { ...told, customer });
    const { emails = [], webhook } = (await store.alerts.find(delivery.to)) ?? {};
    if (isCallOfAlert(delivery)) {
      return webhook === undefined ? nobody : post(webhook, delivery, { ...told, customer });
    }
    return emails.length > 0 || webhook !== undefined ? write(emails, delivery, told.data) : nobody;
  };
}
