import { serviceDue } from '../../domain/service-interval';
import { always, daily, days, journey, on } from '../engine/vocabulary';

const interval = { days: 365, kilometres: 10_000 };

/**
 * One run for each vehicle and service cycle. The service is due at the earlier of date and mileage, and every odometer
 * reading moves the date. A booking ends the cycle and opens the next.
 */
export const maintenance = journey(
  'maintenance',
  {
    entry: [on('vehicle.delivered'), on('service.booked')],
    key: 'vehicleId',
    reentry: always,
    goal: on('service.booked'),
    exit: on('customer.churned'),
    sendWindow: daily('08:00', '19:00'),
    priority: 1,
  },
  async (c) => {
    const { model, odometerKm = 0 } = c.trigger.properties;
    const start = { at: c.now(), kilometres: odometerKm };
    let due = serviceDue(interval, start);

    for (;;) {
      const reading = await c.waitFor('vehicle.odometer_read', { until: due - days(14) });
      if (!reading) break;
      due = serviceDue(interval, start, { at: c.now(), kilometres: reading.properties.odometerKm });
    }

    await c.email('maintenance-due', { model, dueOn: due });
    await c.wait(days(10));
    await c.sms('maintenance-reminder', { model, dueOn: due });
    await c.wait(days(18));
    await c.email('maintenance-overdue', { model, dueOn: due });
    await c.wait(days(60));
  },
);
