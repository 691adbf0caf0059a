import { readConfiguration } from '../domain/configuration-schema';
import { locales, type Locale } from '../domain/locale';
import { templateMeta } from '../domain/templates.gen';
import { createComposer } from '../activities/messaging/compose';
import { planMessage } from '../activities/messaging/plan';
import type { Email } from '../activities/messaging/providers';
import { sampleOffer, sampleVariables } from '../cli/preview/sample';
import { compiled } from '../templates/compiled.gen';
import { renderEmail, renderSms } from '../templates/render';
import { customer, offer } from './builders';

/** One e-mail as it goes to the provider: with its tracked links, its picture and its unsubscribe address. */
export interface Letter extends Email {
  readonly template: string;
  readonly locale: Locale;
  readonly marketing: boolean;
}

/** All that a business can say of itself, for templates that ask for it. */
const talkative = {
  BUSINESS_URL: 'https://motors.example/',
  BUSINESS_PHONE: '+55 11 4002-8922',
  BUSINESS_ADDRESS: 'Rua das Flores 100, 01311-000 São Paulo',
};

/** Every e-mail template in every language, from a business that says all of itself or nothing but its name. */
export function everyLetter(business: 'talkative' | 'terse' = 'talkative'): readonly Letter[] {
  const now = new Date('2096-03-07T15:00:00Z');
  const configuration = readConfiguration({
    PUBLIC_URL: 'https://crm.motors.example',
    MONGODB_URI: 'mongodb://localhost/unused',
    TEMPORAL_ADDRESS: 'localhost:1',
    SMTP_URL: 'smtp://localhost:1',
    MAIL_FROM: 'Perene Motors <ola@motors.example>',
    PERENE_WRITE_KEY: 'write-key-of-the-tests',
    PERENE_ADMIN_KEY: 'admin-key-of-the-tests',
    PERENE_SECRET: 'a secret of the tests, long enough to be one',
    ...(business === 'talkative' && talkative),
  });
  const compose = createComposer({
    renderer: { renderEmail, renderSms },
    configuration,
    now: () => now.getTime(),
  });
  const offered = {
    _id: 'plan',
    ...offer({ ...sampleOffer, price: { amount: 3_490_00, currency: 'BRL' } }),
    active: {},
    taken: 0,
    createdAt: now,
    updatedAt: now,
  };
  return Object.entries(templateMeta.email).flatMap(([template, { purpose }]) =>
    locales.map((locale) => {
      const asked = {
        granted: false,
        at: now,
        source: 'signup',
        awaiting: { topics: ['offers'], since: now },
      } as const;
      const reader = customer({ locale, tracking: true, consent: { email: asked } });
      const plan = planMessage({
        enrolment: {
          id: `onboarding/ana-${locale}#1`,
          journey: 'onboarding',
          customerId: 'ana',
          holdout: false,
        },
        step: `email:${template}`,
        channel: 'email',
        template,
        variables: {},
        priority: 0,
      });
      const shape = compiled.email[template]?.variables ?? { kind: 'fields', fields: {} };
      const { letter } = compose(plan, {
        recipient: { customer: reader, address: 'ana@example.com', zone: 'America/Sao_Paulo' },
        variables: { ...sampleVariables(shape, now.getTime()), offer: { offerId: 'plan' } },
        offer: offered,
      });
      if (letter.channel !== 'email') throw new Error('An e-mail template gave no e-mail.');
      return { ...letter, template, locale, marketing: purpose === 'marketing' };
    }),
  );
}
