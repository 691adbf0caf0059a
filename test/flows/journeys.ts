import { always, days, journey, never, on } from '../../workflows/engine/vocabulary';

/** About one vehicle, once; goes on when the profile is complete. */
export const care = journey(
  'care',
  { entry: on('vehicle.delivered'), key: 'vehicleId', reentry: never, goal: on('service.completed') },
  async (c) => {
    await c.waitFor('profile.completed', { within: days(2_000) });
    await c.email('welcome', { coupon: 'CARE' });
  },
);

/** Enrols in the other one and goes by what comes of it. */
export const parent = journey(
  'parent',
  { entry: on('order.delivered'), reentry: always, enrols: () => [care] },
  async (c) => {
    const vehicle = { vehicleId: c.trigger.properties.vehicleId ?? '', model: 'Uno' };
    const { started, outcome } = await c.enrol(care, vehicle, { within: days(2_000) });
    await c.wait(days(1), { id: started ? `care-${outcome ?? 'open'}` : 'care-refused' });
  },
);

/** Waits, then writes. */
export const patient = journey(
  'patient',
  { entry: on('customer.signed_up'), reentry: never, exit: on('customer.churned') },
  async (c) => {
    await c.wait(days(2));
    await c.email('welcome', { coupon: 'LATER' });
    await c.wait(days(1), { id: 'after' });
  },
);

/** Tells another system and the team. */
export const telling = journey(
  'telling',
  { entry: on('service.booked'), key: 'vehicleId', reentry: always },
  async (c) => {
    const { model } = c.trigger.properties;
    await c.webhook('crm', { stage: 'booked', model }, { personal: ['email'], within: days(2_000) });
    const alert = await c.alertTeam('booking', { model }, { within: days(2_000) });
    await c.split(alert.state, { all: 1 });
  },
);
