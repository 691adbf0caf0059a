import { DateTime } from 'luxon';
import type { LocalMoment, LocalTime } from '../domain/local-moment';
import { zoneOf } from './calendar';

/**
 * The instant (epoch milliseconds) of a local moment in a zone; undefined where its date is missing or is none. A date
 * given as an instant means the local day on which that instant falls. Of a time that a daylight-saving change skips,
 * the instant as much later is taken; of one that comes twice, the first. A zone that nobody knows is read as `fallbackZone`.
 *
 * @param zone IANA name
 */
export function localInstant(moment: LocalMoment, zone: string, fallbackZone: string): number | undefined {
  const { date, time } = moment;
  if (date === undefined) return undefined;
  const known = zoneOf(zone, fallbackZone);
  const day =
    typeof date === 'number'
      ? DateTime.fromMillis(date, { zone: known })
      : DateTime.fromISO(date, { zone: known });
  if (!day.isValid) return undefined;
  const [hour = NaN, minute = NaN] = time.split(':').map(Number);
  const local = DateTime.fromObject(
    { year: day.year, month: day.month, day: day.day, hour, minute },
    { zone: known },
  );
  if (!local.isValid) return undefined;
  return earliest(local);
}

/** Luxon reads an ambiguous time at the later offset in some zones; the first of the two instants is meant. */
function earliest(local: DateTime): number {
  const instants = local.getPossibleOffsets().map((candidate) => candidate.toMillis());
  return Math.min(...instants);
}

/**
 * The next time, not before an instant, at which the clocks of a zone show a time of day.
 *
 * @param instant epoch milliseconds
 * @param zone a valid IANA zone
 */
export function nextLocalTime(instant: number, time: LocalTime, zone: string): number {
  const today = DateTime.fromMillis(instant, { zone });
  for (let ahead = 0; ; ahead++) {
    const date = today.plus({ days: ahead }).toISODate() ?? undefined;
    const moment = localInstant({ date, time }, zone, zone);
    if (moment === undefined) throw new RangeError(`"${time}" is no time of day.`);
    if (moment >= instant) return moment;
  }
}
