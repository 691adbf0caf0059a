import { days, journey, never, on } from '../../workflows/engine/vocabulary';
import type { JourneyContext } from '../../workflows/engine/context';

type Body = (c: JourneyContext<'customer.signed_up'>) => Promise<void>;

/** The journey that customers are in when it is edited: two waits, four messages. */
const original: Body = async (c) => {
  await c.email('welcome', { coupon: 'ORIGINAL' });
  await c.wait(days(2));
  await c.sms('complete-profile');
  await c.waitFor('profile.completed', { within: days(4) });
  await c.email('winback');
};

const car = { model: 'Perene 208', dueOn: '2026-12-24' };

/** What somebody did to it, each by its name. */
export const edits = {
  'inserts a step before': async (c) => {
    await c.sms('maintenance-reminder', car);
    await original(c);
  },
  'inserts a step after': async (c) => {
    await original(c);
    await c.wait(days(2));
    await c.email('maintenance-due', car);
  },
  'inserts a step between': async (c) => {
    await c.email('welcome', { coupon: 'ORIGINAL' });
    await c.wait(days(2));
    await c.email('maintenance-overdue', car);
    await c.sms('complete-profile');
    await c.waitFor('profile.completed', { within: days(4) });
    await c.email('winback');
  },
  'removes a step': async (c) => {
    await c.wait(days(2));
    await c.sms('complete-profile');
    await c.waitFor('profile.completed', { within: days(4) });
    await c.email('winback');
  },
  'renames a step': async (c) => {
    await c.email('welcome', { coupon: 'RENAMED' }, { id: 'hello' });
    await c.wait(days(2));
    await c.sms('complete-profile');
    await c.waitFor('profile.completed', { within: days(4) });
    await c.email('winback');
  },
  'changes a wait': async (c) => {
    await c.email('welcome', { coupon: 'ORIGINAL' });
    await c.wait(days(3));
    await c.sms('complete-profile');
    await c.waitFor('profile.completed', { within: days(4) });
    await c.email('winback');
  },
  'removes the waits': async (c) => {
    await c.email('welcome', { coupon: 'ORIGINAL' });
    await c.sms('complete-profile');
    await c.email('winback');
  },
} as const satisfies Record<string, Body>;

export type Edit = keyof typeof edits;

const rules = { entry: on('customer.signed_up'), reentry: never };

/** The journey before the edit. */
export const before = journey('edited', rules, original);

/** The journey after it: which edit was made depends on the customer, so that one deployment tries them all. */
export const after = journey('edited', rules, (c) => edits[editFor(c.customerId)](c));

/** Customer ids are `<position>-<number of the edit>`. */
function editFor(customerId: string): Edit {
  const names = Object.keys(edits) as Edit[];
  const edit = names[Number(customerId.split('-')[1])];
  if (!edit) throw new Error(`${customerId} names no edit.`);
  return edit;
}
