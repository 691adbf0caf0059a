import { always, days, journey, on } from '../engine/vocabulary';

export const maintenance = journey(
  'maintenance',
  {
    entry: [on('vehicle.delivered'), on('service.booked')],
    key: 'vehicleId',
    reentry: always,
    goal: on('service.booked'),
  },
  async (c) => {
    const a = c.trigger;
    if (a.name === 'vehicle.delivered') await c.wait(days(a.properties.odometerKm ?? 1));
  },
);
