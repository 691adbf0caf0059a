import { signLink, type PublicLink } from '../activities/messaging/links';
import { trackingCode } from '../activities/messaging/tracking';
import type { Locale } from '../domain/locale';
import { packFates, type ShownOffer } from '../store/decisions';
import type { Store } from '../store/store';
import { testConfiguration } from './api';
import { customer, event, message, offer } from './builders';

/** Stands in every hostile value, and nowhere else. */
export const mark = 'zq9';

/** A value that would leave any place of a page in which it is not escaped: text, attributes, addresses, scripts, styles. */
export const hostile = `javascript:${mark}()//</title></style></textarea></select><script>${mark}()</script><${mark} b=c>" ${mark}=1 onfocus=${mark} ' ${mark}=2 onload=${mark}><a href=//${mark}.example>{{${mark}}}\u202E\u2066\u0000\u0007\u001B[31m\u0085\r\nX-${mark}: 1`;
/** The same as a name of a field, in which no null may stand. */
const hostileName = hostile.replaceAll('\u0000', '');
/** The same as an id, which has at most 128 characters. */
const hostileId = (locale: Locale) =>
  `${locale}"><${mark} a='b'>' ${mark}=1 "onload=${mark}\u202E\u0007</title><script>`;

const { secret } = testConfiguration().keys;

/** What a hostile store holds for one language. */
export interface Victim {
  readonly id: string;
  readonly decisionId: string;
  readonly surveyId: string;
  readonly tracked: string;
  readonly token: (link: PublicLink) => string;
}

/** Fills every collection that a page may read with hostile values, past the schemas that refuse most of them. */
export async function plantHostile(store: Store, locale: Locale, at: Date): Promise<Victim> {
  const id = hostileId(locale);
  const surveyId = `aftercare/${id}#1/survey:nps`;
  const decisionId = `${hostile}/${locale}`;
  const both = { en: hostile, 'pt-BR': hostile };
  await store.customers.collection.insertOne({
    ...customer({ _id: id, email: hostile, phone: hostile, firstName: hostile, lastName: hostile, locale }),
    ...{ timeZone: hostile, attributes: { [hostileName]: hostile, spent: 1_200, constructor: hostile } },
    consent: {
      email: { granted: true, at, source: hostile, awaiting: { topics: ['offers'], since: at } },
      sms: { granted: true, at, source: hostile, pausedUntil: new Date(at.getTime() + 86_400_000) },
    },
  });
  const answer = { survey: 'nps', score: 3, comment: hostile };
  await store.events.collection.insertMany([
    event({
      _id: `${hostile}/${locale}`,
      name: hostile,
      customerId: id,
      properties: { [hostileName]: { [hostileName]: [hostile] } },
    }),
    event({
      name: 'order.completed',
      customerId: id,
      properties: { amount: 1, currency: hostile, orderId: hostile },
    }),
    event({
      name: 'survey.answered',
      customerId: id,
      properties: { ...answer, journey: hostile },
      receivedAt: at,
    }),
    event({
      name: 'survey.answered',
      customerId: id,
      properties: { ...answer, journey: 'winback' },
      receivedAt: at,
    }),
  ]);
  const run = {
    customerId: id,
    triggerEventId: hostile,
    holdout: false,
    startedAt: at,
    trace: [],
    key: hostile,
  };
  await store.enrolments.collection.insertMany(
    (['open', 'over'] as const).map((state, n) => ({
      ...{
        ...run,
        n,
        journey: 'winback',
        workflowId: `winback/${id}/${hostile}`,
        _id: `winback/${id}/${hostile}#${n}`,
      },
      ...(state === 'open'
        ? { open: true, step: hostile, stepSince: at, waitsUntil: at, waitsFor: [{ event: hostile }] }
        : { open: false, outcome: 'converted' as const, endedBy: hostile, endedAt: at, step: hostile }),
    })),
  );
  const to = { customerId: id, enrolmentId: `aftercare/${id}#1`, journey: hostile };
  await store.messages.collection.insertMany([
    message({
      ...to,
      _id: `${hostile}/${locale}`,
      step: hostile,
      template: hostile,
      state: 'failed',
      reason: hostile,
      createdAt: at,
    }),
    message({
      ...to,
      _id: surveyId,
      step: 'survey:nps',
      template: 'survey-nps',
      survey: 'nps',
      createdAt: at,
    }),
  ]);
  const code = trackingCode(surveyId, secret);
  const expireAt = new Date(at.getTime() + 86_400_000);
  await store.links.put({ _id: code, messageId: surveyId, urls: ['https://example.com/'], expireAt });
  const shown: ShownOffer = {
    ...{
      offerId: hostile,
      score: 1,
      propensity: 0.5,
      value: 1,
      probability: 1,
      probabilityError: 0,
      explored: true,
    },
    factors: { value: 1, contextWeight: 1, lever: 2, fatigue: 1 },
    features: [[hostile, 1]],
    contributions: [[hostile, 1]],
  };
  const catalogue = { _id: locale, offers: [{ _id: hostile, ...offer() }] };
  await store.catalogues.keep(catalogue, at);
  await store.decisions.collection.insertOne({
    ...{
      _id: decisionId,
      customerId: id,
      slot: 'upsell',
      at,
      currency: 'BRL',
      modelVersion: 0,
      policy: hostile,
    },
    ...{ input: { customer: {}, context: {} }, shown: [shown], viewed: [hostile] },
    candidates: [{ offerId: `other ${hostile}`, propensity: 0.5, deviation: 0.1, multiplier: 1 }],
    field: { catalogue: locale, ...packFates([`segment:${hostile}`]) },
  });
  await store.offers.save(hostile, { ...offer(), name: both, description: both, group: hostile }, at);
  await store.apiKeys.create({ name: hostile, scope: 'read', createdAt: at });
  await store.audit.record({
    at,
    actor: hostile,
    act: hostile,
    subject: { [hostileName]: hostile },
    status: 200,
  });
  const broadcast = {
    segment: 'vip',
    channel: 'email',
    template: hostile,
    variables: { coupon: hostile },
    topic: 'offers',
  } as const;
  await store.broadcasts.insert({
    ...broadcast,
    _id: `${mark}-${locale.toLowerCase()}`,
    holdout: 0,
    state: 'completed',
    createdAt: at,
    startsAt: at,
    endedAt: at,
  });
  const delivery = {
    ...to,
    step: hostile,
    createdAt: at,
    updatedAt: at,
    state: 'failed',
    reason: hostile,
    attempts: 1,
    givenUp: { at, told: JSON.stringify({ data: { [hostile]: hostile }, personal: [hostile] }) },
  } as const;
  await store.deliveries.collection.insertMany([
    { ...delivery, _id: `${hostile}/${locale}/webhook`, kind: 'webhook', to: hostile },
    { ...delivery, _id: `${hostile}/${locale}/alert`, kind: 'alert', to: hostile },
  ]);
  await store.webhooks.save({ _id: hostile, url: hostile, secret: hostile, createdAt: at, updatedAt: at });
  await store.alerts.save({ _id: hostile, emails: [hostile], webhook: hostile, updatedAt: at });
  await store.measures.save({
    _id: '2096-01-01',
    at,
    customers: 2,
    buyers: 1,
    returning: 1,
    away: 0,
    churned: 0,
    spent: 1,
  });
  await store.retrainings.collection.insertOne({
    ...{
      _id: `${hostile}/${locale}`,
      at,
      status: 'rejected',
      reason: hostile,
      base: 0,
      lessons: { learned: 1, heldOut: 1 },
    },
    ...{ evaluation: null, calibration: null },
    drift: {
      decisions: { before: 1, now: 1 },
      features: [{ name: hostile, index: 1 }],
      reward: { before: 1, now: 1, index: 1 },
    },
  });
  return { id, decisionId, surveyId, tracked: `${code}0`, token: (link) => signLink(link, secret) };
}
