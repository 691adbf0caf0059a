import type { BroadcastTime } from '../../domain/broadcast';
import { customerTime, realTime } from '../../domain/clock';
import type { DailyWindow } from '../../domain/local-moment';
import type { CustomerDocument } from '../../store/customers';
import { firstAllowed, zoneOf } from '../calendar';
import { localInstant, nextLocalTime } from '../local-instant';

/** When a broadcast may reach a person: from a real instant on, or never, for its moment was over when it began. */
export type Due = { readonly from: number } | 'too-late';

/**
 * When a broadcast may reach one person.
 *
 * @param person their zone and clock; a zone that nobody knows is read as the business's
 * @param rules.startsAt the broadcast's start, real epoch milliseconds
 * @param rules.now real epoch milliseconds
 */
export function dueFor(
  { timeZone, clock }: Pick<CustomerDocument, 'timeZone' | 'clock'>,
  rules: {
    readonly at?: BroadcastTime | undefined;
    readonly startsAt: number;
    readonly hours: DailyWindow;
    readonly businessTimeZone: string;
    readonly now: number;
  },
): Due {
  const zone = zoneOf(timeZone, rules.businessTimeZone);
  const start = customerTime(clock, rules.startsAt);
  const moment = momentFor(rules.at, start, zone);
  if (moment === 'too-late') return moment;
  const opening = firstAllowed(Math.max(moment, customerTime(clock, rules.now)), zone, [rules.hours]);
  return opening === null ? 'too-late' : { from: realTime(clock, opening) };
}

/** The moment on the person's clock, not before the start. */
function momentFor(at: BroadcastTime | undefined, start: number, zone: string): number | 'too-late' {
  if (!at) return start;
  if (!('date' in at)) return nextLocalTime(start, at.time, zone);
  const moment = localInstant(at, zone, zone);
  if (moment !== undefined && moment >= start) return moment;
  return at.ifPast === 'send' ? start : 'too-late';
}
