import { offerModels, priorModel } from '../activities/decisions/model';
import { featureSpace } from '../activities/decisions/features';
import type { AssignmentDocument } from '../store/assignments';
import type { DeliveryDocument } from '../store/deliveries';
import type { EnrolmentDocument } from '../store/enrolments';
import type { TestApi } from './api';
import { customer, event, message, offer } from './builders';
import { eventfulNight } from './retrainings';

const at = new Date();
const ago = (minutes: number) => new Date(at.getTime() - minutes * 60_000);

/** A run of somebody in the journey `upsell`; open where it did not end. */
export const run = (
  customerId: string,
  change: Partial<EnrolmentDocument> & Pick<EnrolmentDocument, 'open'>,
): EnrolmentDocument => ({
  ...{
    _id: `upsell/${customerId}#1`,
    workflowId: `upsell/${customerId}`,
    n: 1,
    journey: 'upsell',
    customerId,
  },
  ...{ triggerEventId: `e-${customerId}`, holdout: false, startedAt: at, trace: [] },
  ...change,
});

/** What was handed to a webhook or the team. */
export const delivery = (change: Partial<DeliveryDocument> = {}): DeliveryDocument => ({
  ...{ _id: 'upsell/ana#1/webhook:crm', customerId: 'ana', enrolmentId: 'upsell/ana#1', journey: 'upsell' },
  ...{ step: 'webhook:crm', kind: 'webhook', to: 'crm', state: 'delivered', attempts: 1, status: 204 },
  ...{ createdAt: at, updatedAt: at },
  ...change,
});

const arms = (arm: string): AssignmentDocument[] =>
  [0, 1, 1].map((reward, n) => ({
    ...{ _id: `upsell/tone/${arm}${n}`, journey: 'upsell', split: 'tone', customerId: `${arm}${n}`, arm },
    ...{ probabilities: { warm: 0.5, direct: 0.5 }, adaptive: false, holdout: false, enrolmentId: arm, at },
    reward: reward === 1 ? 1 : 0,
  }));

/**
 * Puts into a database something of all that the console shows, about the customer `ana`.
 *
 * @returns the id of a decision
 */
export async function everything(api: TestApi): Promise<string> {
  const { store } = api;
  await store.customers.collection.insertOne(customer({ attributes: { tier: 'gold', spent: 69_000 } }));
  await store.offers.save('alignment', offer(), at);
  await store.offers.save('club', offer({ rules: [{ rule: 'segment', segment: 'vip' }] }), at);
  await store.events.collection.insertMany([
    event({ name: 'order.completed', properties: { amount: 69_000, currency: 'BRL', orderId: 'o-1' } }),
    ...[10, 9, 3].map((score) =>
      event({ name: 'survey.answered', properties: { survey: 'nps', journey: 'upsell', score } }),
    ),
  ]);
  await store.enrolments.collection.insertMany([
    run('ana', {
      open: true,
      step: 'wait:14d',
      waitKind: 'wait',
      stepSince: at,
      waitsUntil: at,
      waitsFor: [],
    }),
    run('rui', { open: false, outcome: 'converted', endedAt: at }),
    run('eva', { open: false, outcome: 'completed', endedAt: at, holdout: true }),
  ]);
  await store.assignments.collection.insertMany([...arms('warm'), ...arms('direct')]);
  await store.messages.collection.insertMany([
    message({ createdAt: at, state: 'clicked' }),
    message({
      _id: 'upsell/ana#1/sms',
      channel: 'sms',
      state: 'suppressed',
      reason: 'no-consent',
      createdAt: at,
    }),
    message({
      _id: 'broadcast/spring/ana',
      journey: 'spring',
      enrolmentId: 'broadcast/spring',
      createdAt: at,
    }),
  ]);
  const measures = { customers: 150, buyers: 75, returning: 40, away: 30, churned: 2, spent: 51_200 };
  await store.measures.save({ _id: '2026-03-01', at: ago(1_440), ...measures });
  await store.measures.save({ _id: '2026-03-02', at, ...measures, value: 81_000 });
  await store.retrainings.collection.insertOne(eventfulNight);
  await store.transaction((session) =>
    offerModels(store).add(0, priorModel(featureSpace([])), { at, origin: eventfulNight._id, session }),
  );
  const sent = {
    segment: 'everyone',
    channel: 'email',
    template: 'winback',
    variables: {},
    holdout: 10,
  } as const;
  await store.broadcasts.insert({
    _id: 'spring',
    ...sent,
    state: 'running',
    createdAt: at,
    startsAt: at,
    audience: 9,
  });
  await store.broadcasts.recordPart(
    'spring',
    { after: null },
    { sent: 3, suppressed: 2, failed: 1, unknown: 1, waiting: 1 },
  );
  const secret = { secret: 'sealed', createdAt: at, updatedAt: at };
  await store.webhooks.save({ _id: 'crm', url: 'https://crm.example/hook', ...secret, disabledAt: at });
  await store.webhooks.save({
    ...{ _id: 'erp', url: 'https://erp.example/hook', ...secret },
    previous: { secret: 'sealed', until: new Date(at.getTime() + 3_600_000) },
  });
  await store.alerts.save({ _id: 'default', emails: ['team@example.com'], webhook: 'crm', updatedAt: at });
  await store.deliveries.collection.insertMany([
    delivery(),
    delivery({
      ...{ _id: 'a', state: 'failed', reason: 'http-404', status: 404, createdAt: ago(1) },
      givenUp: { at, told: '{"data":{},"personal":[]}' },
    }),
    delivery({
      ...{ _id: 'd', state: 'replaying', reason: 'http-503', status: 503, createdAt: ago(4) },
      givenUp: { at, told: '{"data":{},"personal":[]}' },
      replay: { since: at, dueAt: at, attempts: 1 },
    }),
    delivery({ _id: 'b', state: 'planned', reason: 'timeout', attempts: 3, dueAt: at, createdAt: ago(2) }),
    delivery({
      _id: 'c',
      state: 'suppressed',
      reason: 'holdout',
      kind: 'alert',
      to: 'detractor',
      createdAt: ago(3),
    }),
  ]);
  await api.admin('POST', '/v1/keys', { name: 'reports', scope: 'read' });
  const { body } = await api.admin('POST', '/v1/decisions', { customerId: 'ana', slot: 'upsell' });
  return String(body['decisionId']);
}
