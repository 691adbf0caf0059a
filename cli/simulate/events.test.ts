import { days, hours } from '../../domain/duration';
import { completed, completedAt, eventArgument, timedEventArgument } from './events';
import { spanOf } from '../span';

describe('the events of a simulation', () => {
  it('are read with their time and properties', () => {
    const event = timedEventArgument('order.completed@1d12h {"orderId":"o1","amount":4900}');
    expect(completedAt(event, 'tyres')).toEqual({
      name: 'order.completed',
      after: hours(36),
      properties: { orderId: 'o1', amount: 4_900 },
    });
  });

  it('are all about one order, one vehicle and the offer, where they do not say', () => {
    expect(completed(eventArgument('offer.viewed'), 'tyres').properties).toEqual({ offerId: 'tyres' });
    expect(completed(eventArgument('vehicle.delivered'), 'tyres').properties).toMatchObject({
      vehicleId: 'vehicle-1',
    });
    expect(completed(eventArgument('order.completed'), 'tyres').properties).toEqual({ orderId: 'order-1' });
  });

  it.each([
    ['order.complete@1d', 'There is no event "order.complete". There are: customer.signed_up, '],
    ['profile.completed', 'Say when it comes, after the entry: profile.completed@2d'],
    ['profile.completed@soon', '"soon" is no length of time'],
    ['order.completed@1d [1]', 'Properties are a JSON object'],
    ['order.completed@1d {"orderId":', 'Properties are a JSON object'],
    ['order.completed@1d {"order":"o1"}', 'order.completed has no property "order". It has: orderId, amount'],
    ['profile.completed@1d {"a":1}', 'profile.completed has no property "a". It has none.'],
    ['vehicle.odometer_read@1d', 'vehicle.odometer_read is not complete. odometerKm: '],
    ['order.completed@1d {"amount":"much"}', 'order.completed is not complete. amount: '],
  ])('are refused with what would be right: %s', (text, message) => {
    expect(() => completedAt(timedEventArgument(text), 'tyres')).toThrow(message);
  });
});

describe('spanOf', () => {
  it.each([
    ['2w', days(14)],
    ['90m', hours(1.5)],
    ['1d12h', hours(36)],
    ['1.5d', hours(36)],
    ['30s', 30_000],
  ])('reads %s', (text, span) => {
    expect(spanOf(text)).toBe(span);
  });

  it.each(['', '5', 'd', '2 days', '-1d', '1d!'])('refuses %j', (text) => {
    expect(() => spanOf(text)).toThrow('is no length of time');
  });
});
