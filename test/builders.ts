import { offerSchema, type OfferBody, type OfferInput } from '../domain/offer-schemas';
import type { CustomerDocument } from '../store/customers';
import type { EventDocument } from '../store/events';
import type { MessageDocument } from '../store/messages';

const longAgo = new Date('2025-01-01T12:00:00Z');

/** A customer of the dealership with everything that a message needs. */
export const customer = (change: Partial<CustomerDocument> = {}): CustomerDocument => ({
  _id: 'ana',
  email: 'ana@example.com',
  phone: '+5511987654321',
  firstName: 'Ana',
  lastName: 'Souza',
  locale: 'pt-BR',
  timeZone: 'America/Sao_Paulo',
  attributes: {},
  consent: {
    email: { granted: true, at: longAgo, source: 'signup' },
    sms: { granted: true, at: longAgo, source: 'signup' },
  },
  createdAt: longAgo,
  updatedAt: longAgo,
  ...change,
});

/** An offer of the service shop that anybody may be shown. */
export const offer = (change: Partial<OfferInput> = {}): OfferBody =>
  offerSchema.parse({
    name: { en: 'Wheel alignment', 'pt-BR': 'Alinhamento de rodas' },
    description: { en: 'Alignment and balancing.', 'pt-BR': 'Alinhamento e balanceamento.' },
    slots: ['onboarding', 'upsell', 'winback', 'maintenance'],
    price: { amount: 180_00, currency: 'BRL' },
    value: { amount: 60_00, currency: 'BRL' },
    url: 'https://example.com/alignment',
    ...change,
  });

let events = 0;

/** An event of the customer `ana`, received when it happened. */
export const event = (change: Partial<EventDocument> & Pick<EventDocument, 'name'>): EventDocument => {
  const { occurredAt = change.receivedAt ?? longAgo } = change;
  return {
    _id: `event-${String(++events)}`,
    customerId: 'ana',
    properties: {},
    occurredAt,
    receivedAt: occurredAt,
    ...change,
  };
};

/** A message to the customer `ana` that was sent. */
export const message = (change: Partial<MessageDocument> = {}): MessageDocument => ({
  _id: 'upsell/ana#1/email:upsell-offer',
  customerId: 'ana',
  journey: 'upsell',
  enrolmentId: 'upsell/ana#1',
  step: 'email:upsell-offer',
  channel: 'email',
  template: 'upsell-offer',
  purpose: 'marketing',
  topic: 'offers',
  priority: 0,
  state: 'sent',
  createdAt: longAgo,
  updatedAt: longAgo,
  ...change,
});
