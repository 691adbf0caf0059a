import { firstAllowed } from '../../activities/calendar';
import { contactPolicy } from '../../domain/contact-policy';

/** A zone in which marketing may be sent for the next hours, by the real clock. */
export function openZone(): string {
  const zones = Array.from({ length: 24 }, (_, n) => `Etc/GMT${n < 12 ? '+' : '-'}${n < 12 ? n : n - 11}`);
  const hour = 3_600_000;
  const isOpen = (zone: string, at: number) => firstAllowed(at, zone, [contactPolicy.hours]) === at;
  const found = zones.find((zone) => isOpen(zone, Date.now()) && isOpen(zone, Date.now() + 3 * hour));
  if (found === undefined) throw new Error('Marketing hours are open somewhere at every instant.');
  return found;
}
