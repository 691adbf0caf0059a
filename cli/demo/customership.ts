import { DateTime } from 'luxon';
import type { Currency } from '../../domain/money';
import type { Random } from '../../scoring';
import { actsIn, day, hour, type Planned } from './act';
import { opinion } from './opinions';
import type { Person } from './people';

/** What a person buys. */
export interface Purchased {
  /** Minor units. */
  readonly amount: number;
  readonly offerId?: string;
  readonly isCar?: boolean;
}

/** A person's dealings with the dealership: orders, a car, its services. */
export interface Customership {
  readonly ownsCar: () => boolean;
  /** An order, its delivery and, where it is a car's, what the car then tells. */
  buy(at: number, what: Purchased, random: Random): Planned[];
  /** A service of the car: booked, done, and what the car then tells. */
  bookService(at: number, random: Random): Planned[];
}

/** Days after which a connected car tells its odometer. */
const readingDays = [5, 12, 20, 30];

/** The dealings of a person, which come one after the other: each order has a number of its own. */
export function customershipOf(person: Person, currency: Currency): Customership {
  const { id, car, timeZone } = person;
  const { vehicleId, model } = car;
  const { tell } = actsIn(timeZone);
  let { ownsCar } = person;
  let orders = 0;
  let odometerKm = ownsCar ? 20_000 : 12;

  const readings = (at: number): Planned[] => {
    const from = odometerKm;
    return readingDays.map((after) =>
      tell(at + after * day, {
        name: 'vehicle.odometer_read',
        properties: { vehicleId, odometerKm: Math.round(from + after * car.kmPerDay) },
      }),
    );
  };

  /** At the counter, on a tablet: some say how likely they are to recommend the dealership. */
  const atTheCounter = (at: number, random: Random): Planned[] => {
    if (random.uniform() > 0.45) return [];
    const properties = { survey: 'nps', score: opinion('nps', random) } as const;
    return [tell(at + hour / 4, { name: 'survey.answered', properties })];
  };

  return {
    ownsCar: () => ownsCar,
    buy(at, { amount, offerId, isCar = false }, random) {
      const orderId = `${id}-order-${++orders}`;
      const about = { orderId, ...(offerId !== undefined && { offerId }), ...(isCar && { vehicleId }) };
      const delivered = at + (isCar ? 2 + 4 * random.uniform() : 0.5 + 2.5 * random.uniform()) * day;
      const order = [
        tell(at, { name: 'order.completed', properties: { ...about, amount, currency } }),
        tell(delivered, { name: 'order.delivered', properties: about }),
      ];
      if (!isCar || ownsCar) return order;
      ownsCar = true;
      const handover = tell(delivered, {
        name: 'vehicle.delivered',
        properties: { vehicleId, model, odometerKm },
      });
      return [...order, handover, ...atTheCounter(delivered, random), ...readings(delivered)];
    },
    bookService(at, random) {
      odometerKm += Math.round(10 * car.kmPerDay);
      const bookedFor = DateTime.fromMillis(at, { zone: timeZone }).plus({ days: 3 }).toISODate();
      const done = at + 3 * day;
      const booking = { vehicleId, model, odometerKm, ...(bookedFor !== null && { bookedFor }) };
      return [
        tell(at, { name: 'service.booked', properties: booking }),
        tell(done - hour, { name: 'service.completed', properties: { vehicleId } }),
        ...atTheCounter(done, random),
        ...readings(done),
      ];
    },
  };
}
