import { always, days, journey, on } from '../../workflows/engine/vocabulary';

/** Goes on for as long as the car does: every reading of its odometer begins the next wait. */
export const companion = journey(
  'companion',
  { entry: on('vehicle.delivered'), key: 'vehicleId', reentry: always, exit: on('customer.churned') },
  async (c) => {
    while (await c.waitFor('vehicle.odometer_read', { within: days(365) }));
  },
);
