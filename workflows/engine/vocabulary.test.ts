import type { JourneyContext } from './context';
import { after, always, daily, days, journey, never, on, percent } from './vocabulary';

/** Compiles only while each line marked is an error; it is never run. */
export async function wrongUses(c: JourneyContext<'vehicle.delivered'>): Promise<void> {
  // @ts-expect-error there is no such template
  await c.email('wellcome', { coupon: 'A' });
  // @ts-expect-error an SMS template is none of e-mail
  await c.email('complete-profile');
  // @ts-expect-error the template needs its variables
  await c.email('welcome');
  // @ts-expect-error a variable is misspelt
  await c.email('welcome', { cupon: 'A' });
  // @ts-expect-error a variable has the wrong type
  await c.email('welcome', { coupon: 10 });
  // @ts-expect-error an offer comes from a decision, not from its id
  await c.sms('upsell-reminder', { offer: 'tyres' });
  // @ts-expect-error there is no such topic
  await c.sms('complete-profile', {}, { topic: 'news' });

  // @ts-expect-error only marketing may wait for its best time
  await c.email('welcome', { coupon: 'A' }, { at: 'best time' });
  // @ts-expect-error there is one way to say when
  await c.email('winback', {}, { at: 'noon' });
  // @ts-expect-error a message that may go either way is no transactional one
  await c.message({ email: 'welcome', sms: 'complete-profile' }, { coupon: 'A' });
  // @ts-expect-error there is no such text message
  await c.message({ email: 'winback', sms: 'winback' }, {}, { at: 'best time' });
  // @ts-expect-error it needs the variables of both
  await c.message({ email: 'winback', sms: 'winback-offer' }, {}, { at: 'best time' });
  // @ts-expect-error either way needs a template
  await c.message({ email: 'winback' });

  // @ts-expect-error there is no such event
  await c.waitFor('profile.complete', { within: days(1) });
  // @ts-expect-error the event has no such property
  await c.waitFor('order.completed', { within: days(1), where: { total: 10 } });
  // @ts-expect-error the property has another type
  await c.waitFor('order.completed', { within: days(1), where: { amount: 'much' } });
  // @ts-expect-error only numbers have bounds
  await c.waitFor('order.completed', { within: days(1), where: { orderId: { atLeast: 1 } } });
  // @ts-expect-error a wait has an end
  await c.waitFor('order.completed', {});
  const order = await c.waitFor('order.completed', { within: days(1) });
  // @ts-expect-error the event may not have come
  expect(order.properties).toBeDefined();
  // @ts-expect-error the event has no such property
  expect(order?.properties.total).toBeDefined();

  // @ts-expect-error a bare number is no duration
  await c.wait(2);
  // @ts-expect-error nor is text
  await c.wait('2 days');
  // @ts-expect-error what happens to a past date must be said
  await c.waitUntil({ date: '2026-12-24', time: '09:00' });
  // @ts-expect-error a time of day has two parts
  await c.waitUntil({ date: '2026-12-24', time: 'nine' }, { otherwise: 'end' });

  // @ts-expect-error there is no such slot
  await c.nextBestOffer({ slot: 'upsel' });
  // @ts-expect-error a list is diverse or not
  await c.nextBestOffer({ slot: 'upsell', count: 3, diverse: 0.5 });
  // @ts-expect-error there is no such segment
  await c.is('very-important');
  // @ts-expect-error a personal attribute cannot be read
  await c.attribute('email');
  const arm = await c.split('tone', { warm: 1, direct: 1 });
  // @ts-expect-error there is no such arm
  if (arm === 'cold') return;
  // @ts-expect-error the entry event has no such property
  expect(c.trigger.properties.plate).toBeDefined();
}

/** The same for the rules of a journey. */
export function wrongRules(): unknown {
  const run = async () => undefined;
  return [
    // @ts-expect-error there is no such event
    journey('a', { entry: on('customer.signedup'), reentry: never }, run),
    // @ts-expect-error the re-entry policy must be said
    journey('a', { entry: on('customer.signed_up') }, run),
    // @ts-expect-error a bare number is no share
    journey('a', { entry: on('customer.signed_up'), reentry: never, holdout: 5 }, run),
    // @ts-expect-error the entry event has no such property
    journey('a', { entry: on('vehicle.delivered'), reentry: always, key: 'orderId' }, run),
    journey(
      'a',
      // @ts-expect-error only one of the entry events has the property
      { entry: [on('vehicle.delivered'), on('order.completed')], reentry: always, key: 'orderId' },
      run,
    ),
    // @ts-expect-error a number cannot be a key
    journey('a', { entry: on('vehicle.odometer_read'), reentry: always, key: 'odometerKm' }, run),
    // @ts-expect-error the condition names no property of the event
    on('order.completed', { total: 1 }),
    // @ts-expect-error hours are of a day
    daily('9', '20'),
    // @ts-expect-error a bare number is no duration
    after(30),
  ];
}

describe('journey', () => {
  const run = async () => undefined;

  it('refuses a name that is no workflow type', () => {
    const rules = { entry: on('customer.signed_up'), reentry: never };
    expect(() => journey('My Journey', rules, run)).toThrow(/lower-case letters, digits and hyphens/);
  });

  it('takes one entry or several, with a key that all have', () => {
    const one = journey('one', { entry: on('customer.signed_up'), reentry: never }, run);
    expect(one.entry).toEqual([{ event: 'customer.signed_up' }]);
    const entry = [on('vehicle.delivered'), on('service.booked')];
    const two = journey('two', { entry, reentry: after(days(1)), key: 'vehicleId' }, run);
    expect(two).toMatchObject({ key: 'vehicleId', goal: [], exit: [], holdout: 0, priority: 0 });
  });
});

describe('percent', () => {
  it.each([-1, 101, NaN])('refuses %p', (value) => {
    expect(() => percent(value)).toThrow(RangeError);
  });
});
