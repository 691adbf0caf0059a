import type { Failure } from '../../store/messages';

/** The person answered STOP. */
const optedOut = 21_610;

/**
 * Codes that say that no message to this number will arrive: not a number, not one that takes SMS; and from later
 * reports: unknown handset, landline or unreachable carrier.
 */
const invalidNumber = new Set([21_211, 21_217, 21_614, 30_005, 30_006]);

/** Codes that say that this message will never be taken: blocked, filtered, too long, no right to send there. */
const refused = new Set([
  21_408, 21_602, 21_604, 21_612, 21_617, 30_004, 30_007, 30_011, 30_019, 30_024, 30_032, 30_034, 30_038,
  30_453,
]);

/** Codes that pass: queue full, account suspended or short of money, handset off, carrier busy, rate limits. */
const passing = new Set([
  20_429, 21_611, 30_001, 30_002, 30_003, 30_009, 30_010, 30_017, 30_018, 30_022, 30_023,
]);

/** What an error code means for the message. @see https://www.twilio.com/docs/api/errors */
export function twilioFailure(code: number): Failure {
  if (code === optedOut) return 'opted-out';
  if (invalidNumber.has(code) || refused.has(code)) return 'permanent';
  return passing.has(code) ? 'temporary' : 'unknown';
}

/** What an error code, on creation or in a later report, says about the number. */
export function addressOf(code: number): 'stopped' | 'invalid' | undefined {
  if (code === optedOut) return 'stopped';
  return invalidNumber.has(code) ? 'invalid' : undefined;
}
