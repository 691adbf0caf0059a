import type { DailyWindow } from './local-moment';
import type { Channel } from './messages';

/**
 * How often and when marketing may reach one person. Days are the customer's own, from local midnight to midnight, and
 * a week is any seven of them in a row. Transactional messages neither count nor are held back.
 */
export interface ContactPolicy {
  /** Most messages of a channel. */
  readonly caps: Readonly<Record<Channel, { readonly perDay: number; readonly perWeek: number }>>;
  /** Most messages of all channels together. */
  readonly all: { readonly perWeek: number };
  /** Hours in which the business sends marketing; the rest of the day is quiet. A journey's window narrows them. */
  readonly hours: DailyWindow;
}

/** The policy in force. */
export const contactPolicy: ContactPolicy = {
  caps: { email: { perDay: 1, perWeek: 3 }, sms: { perDay: 1, perWeek: 2 } },
  all: { perWeek: 4 },
  hours: { opens: '08:00', closes: '21:00' },
};
