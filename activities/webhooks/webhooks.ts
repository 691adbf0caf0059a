import { stepKey } from '../../domain/enrolment';
import type { JourneyActivities } from '../contract';
import { createDeliver, type DeliverDependencies } from './deliver';
import { alertCallId, createTell, type TellDependencies } from './tell';

export interface WebhookDependencies extends TellDependencies {
  readonly store: TellDependencies['store'] & DeliverDependencies['store'];
  readonly configuration: TellDependencies['configuration'] & Pick<DeliverDependencies, 'globalHoldout'>;
}

/** How journeys call other systems and tell the team: by e-mail to each of its addresses, and by a webhook where the alert has one. */
export function createWebhooks(
  dependencies: WebhookDependencies,
): Pick<JourneyActivities, 'callWebhook' | 'alertTeam'> {
  const { store, configuration, now } = dependencies;
  const tell = createTell(dependencies);
  const deliver = createDeliver({ store, globalHoldout: configuration.globalHoldout, now, tell });

  return {
    callWebhook: ({ enrolment, step, to, data, personal, patience }) =>
      deliver({
        ...{ enrolment, step, id: stepKey(enrolment.id, step), kind: 'webhook', to, patience },
        told: { data, personal },
      }),
    async alertTeam({ enrolment, step, alert, data, patience }) {
      const id = stepKey(enrolment.id, step);
      const told = { data, personal: [] };
      const order = { enrolment, step, kind: 'alert', to: alert, patience, told } as const;
      const mailed = await deliver({ ...order, id });
      const isOver = mailed.state === 'delivered' || mailed.state === 'failed';
      if (!isOver || (await store.alerts.find(alert))?.webhook === undefined) return mailed;
      const called = await deliver({ ...order, id: alertCallId(id) });
      return called.state === 'delivered' ? mailed : called;
    },
  };
}
