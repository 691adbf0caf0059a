import { days } from '../../domain/duration';
import { simulate } from '../../workflows/simulate/simulate';
import { maintenance } from '../../workflows/journeys/maintenance';
import { upsell } from '../../workflows/journeys/upsell';
import { describeTimeline, timelineOf } from './timeline';

/** A Monday, eleven in the evening in São Paulo. */
const start = Date.UTC(2026, 2, 3, 2);
const zone = 'America/Sao_Paulo';
const trigger = { name: 'order.delivered', properties: { orderId: 'o1' } } as const;

async function upsellWith(events: Parameters<typeof timelineOf>[1]['events'] = []) {
  const scenario = { start, trigger, events, timeZone: zone, offers: { upsell: ['tyres'] } };
  return timelineOf(await simulate(upsell, scenario), scenario, zone);
}

describe('a timeline', () => {
  it('dates every step, message and event in the zone of the customer, in order', async () => {
    const moments = await upsellWith([
      { after: days(8), name: 'offer.viewed', properties: { offerId: 'tyres' } },
      { after: days(9), name: 'order.completed', properties: { orderId: 'o2' } },
      { after: days(20), name: 'page.viewed', properties: {} },
    ]);
    expect(moments.map(({ at, after, kind, name, result }) => [at, after, kind, name, result])).toEqual([
      ['2026-03-02T23:00:00-03:00', '0s', 'event', 'order.delivered', 'enters'],
      ['2026-03-09T23:00:00-03:00', '7d', 'step', 'wait:7d', ''],
      ['2026-03-09T23:00:00-03:00', '7d', 'step', 'offer:upsell', 'tyres'],
      ['2026-03-10T09:00:00-03:00', '7d10h', 'step', 'email:upsell-offer', 'sent'],
      ['2026-03-10T23:00:00-03:00', '8d', 'event', 'offer.viewed', ''],
      ['2026-03-10T23:00:00-03:00', '8d', 'step', 'waitFor:offer.viewed', 'came'],
      ['2026-03-11T23:00:00-03:00', '9d', 'event', 'order.completed', ''],
      ['2026-03-11T23:00:00-03:00', '9d', 'end', 'converted', ''],
    ]);
    expect(moments[3]?.message).toMatchObject({ channel: 'email', template: 'upsell-offer' });
  });

  it('says what did not happen', async () => {
    const moments = await upsellWith();
    expect(moments.map(({ name, result }) => [name, result])).toContainEqual([
      'waitFor:offer.viewed',
      'did not come',
    ]);
    const without = { start, trigger };
    const nothing = timelineOf(await simulate(upsell, without), without, zone);
    expect(nothing.map(({ name, result }) => [name, result])).toContainEqual(['offer:upsell', 'no offer']);
  });

  it('is a table for people, with dates as the customer reads them', async () => {
    const scenario = {
      start,
      trigger: { name: 'vehicle.delivered', properties: { vehicleId: 'v1', model: 'Perene 208' } },
    } as const;
    const played = await simulate(maintenance, scenario);
    const lines = describeTimeline(timelineOf(played, scenario, zone), zone).split('\n');
    expect(lines[0]).toMatch(
      /^ {2}Mon 2 Mar 2026 23:00 +> vehicle\.delivered +enters {2}vehicleId v1, model Perene 208$/,
    );
    expect(lines[2]).toMatch(/\+351d9h +email:maintenance-due +sent {2}model Perene 208, dueOn 2 Mar 2027$/);
    expect(lines.at(-2)).toMatch(/= completed$/);
  });
});
