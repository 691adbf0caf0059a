import type { LocalMoment } from '../../domain/local-moment';
import { simulate } from '../simulate/simulate';
import { journey, never, on } from './vocabulary';

const start = Date.parse('2028-02-20T15:00:00Z');

const until = (moment: LocalMoment, otherwise: 'continue' | 'end') =>
  journey('renewal', { entry: on('profile.completed'), reentry: never }, async (c) => {
    const arrival = await c.waitUntil(moment, { otherwise });
    if (arrival === 'reached') await c.email('welcome', { coupon: 'NO-DIA' });
    else await c.email('welcome', { coupon: arrival });
  });

const play = async (
  date: LocalMoment['date'],
  otherwise: 'continue' | 'end',
  timeZone = 'America/Sao_Paulo',
) => {
  const played = await simulate(until({ date, time: '09:00' }, otherwise), { start, timeZone });
  return played.messages.map(({ at, variables }) => [new Date(at).toISOString(), variables['coupon']]);
};

describe('c.waitUntil', () => {
  it('goes on once, at that time of the customer’s own clock, on a leap day too', async () => {
    expect(await play('2028-02-29', 'end')).toEqual([['2028-02-29T12:00:00.000Z', 'NO-DIA']]);
    expect(await play('2028-02-29', 'end', 'Asia/Tokyo')).toEqual([['2028-02-29T00:00:00.000Z', 'NO-DIA']]);
  });

  it.each([
    ['past', '2028-02-19'],
    ['missing', undefined],
    ['missing', '2027-02-29'],
    ['missing', 'amanhã'],
  ])('never takes a %s date (%s) for now: the journey goes on knowing it, or ends', async (arrival, date) => {
    const now = new Date(start).toISOString();
    expect(await play(date, 'continue')).toEqual([[now, arrival]]);
    expect(await play(date, 'end')).toEqual([]);
  });
});
