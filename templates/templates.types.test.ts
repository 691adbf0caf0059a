import type { EmailTemplates, SmsTemplates } from '../domain/templates.gen';
import type { ChosenOffer } from '../domain/offers';

/** Compiles only where the variables are those of the template. */
const email = <T extends keyof EmailTemplates>(name: T, variables: EmailTemplates[T]) => [name, variables];
const sms = <T extends keyof SmsTemplates>(name: T, variables: SmsTemplates[T]) => [name, variables];
const offer: ChosenOffer = { offerId: 'plan', decisionId: 'd1', score: 1, propensity: 0.5 };

it('the compiler knows each template and its variables', () => {
  email('welcome', { coupon: 'X' });
  email('offer-warm', { offer });
  email('winback', {});
  email('maintenance-due', { model: 'Aurora', dueOn: '2026-12-24' });
  sms('maintenance-reminder', { model: 'Aurora', dueOn: 0 });
  // @ts-expect-error there is no such template
  email('welcom', { coupon: 'X' });
  // @ts-expect-error the coupon is missing
  email('welcome', {});
  // @ts-expect-error a coupon is text
  email('welcome', { coupon: 10 });
  // @ts-expect-error the variable has another name
  email('welcome', { cupom: 'X' });
  // @ts-expect-error an offer is chosen, not made up
  email('offer-warm', { offer: { offerId: 'plan' } });
  // @ts-expect-error a date is an instant or a calendar date, not an object
  sms('maintenance-reminder', { model: 'Aurora', dueOn: new Date(0) });
  expect(email('welcome', { coupon: 'X' })).toEqual(['welcome', { coupon: 'X' }]);
});
