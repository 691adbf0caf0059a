import { days } from '../engine/vocabulary';
import { simulate, type SimulatedEvent } from '../simulate/simulate';
import { maintenance } from './maintenance';

const start = Date.UTC(2026, 2, 2, 13);
const trigger = {
  name: 'vehicle.delivered',
  properties: { vehicleId: 'v1', model: 'Perene 208', odometerKm: 10 },
} as const;

const play = async (events: readonly SimulatedEvent[] = []) => {
  const played = await simulate(maintenance, { start, trigger, events });
  return { ...played, sent: played.messages.map(({ template, at }) => [template, (at - start) / days(1)]) };
};

const reading = (day: number, odometerKm: number, vehicleId = 'v1') =>
  ({ after: days(day), name: 'vehicle.odometer_read', properties: { vehicleId, odometerKm } }) as const;

describe('maintenance', () => {
  it('reminds by the date when no reading comes', async () => {
    const played = await play();
    expect(played.sent).toEqual([
      ['maintenance-due', 351],
      ['maintenance-reminder', 361],
      ['maintenance-overdue', 379],
    ]);
    expect(played.messages[0]?.variables).toEqual({ model: 'Perene 208', dueOn: start + days(365) });
    expect(played.outcome).toBe('completed');
  });

  it('is due earlier for a car that is driven much', async () => {
    const played = await play([reading(100, 5_010)]);
    expect(played.sent[0]).toEqual(['maintenance-due', 186]);
    expect(played.messages[0]?.variables['dueOn']).toBe(start + days(200));
  });

  it('follows each further reading, in both directions', async () => {
    const played = await play([reading(50, 5_010), reading(80, 5_410)]);
    expect(played.sent[0]?.[1]).toBeCloseTo((10_000 / 5_400) * 80 - 14, 1);
  });

  it('takes no notice of another vehicle', async () => {
    expect((await play([reading(100, 5_010, 'v2')])).sent[0]).toEqual(['maintenance-due', 351]);
  });

  it('reminds at once when the mileage is reached already', async () => {
    expect((await play([reading(30, 12_000)])).sent[0]).toEqual(['maintenance-due', 30]);
  });

  it('ends as converted with a booking for this vehicle', async () => {
    const booked = (vehicleId: string) =>
      ({ after: days(355), name: 'service.booked', properties: { vehicleId, model: 'Perene 208' } }) as const;
    expect(await play([booked('v2'), booked('v1')])).toMatchObject({
      outcome: 'converted',
      endedAt: start + days(355),
      sent: [['maintenance-due', 351]],
    });
  });
});
