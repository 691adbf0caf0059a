import { days, journey, never, on } from '../../workflows/engine/vocabulary';
import type { JourneyContext } from '../../workflows/engine/context';

type Body = (c: JourneyContext<'customer.signed_up'>) => Promise<void>;

const welcome: Body = async (c) => {
  await c.email('welcome', { coupon: 'ORIGINAL' });
};
const goodbye: Body = async (c) => {
  await c.email('welcome', { coupon: 'GOODBYE' }, { id: 'goodbye' });
};
const profile = { within: days(3) };
const car = { model: 'Perene 208', dueOn: '2026-12-24' };

/** The journey that customers are in when it is edited: three waits, four messages. */
const original: Body = async (c) => {
  await welcome(c);
  await c.wait(days(2));
  await c.sms('complete-profile');
  await c.waitFor('profile.completed', profile);
  await c.email('winback');
  await c.wait(days(3), { id: 'rest' });
  await goodbye(c);
};

/** The second half of it, which most edits leave alone. */
const afterTheProfile: Body = async (c) => {
  await c.email('winback');
  await c.wait(days(3), { id: 'rest' });
  await goodbye(c);
};

/** What somebody did to it, each by its name. */
export const edits = {
  'inserts a step before': async (c) => {
    await c.sms('maintenance-reminder', car);
    await original(c);
  },
  'inserts a step behind': async (c) => {
    await original(c);
    await c.wait(days(1), { id: 'a day more' });
    await c.sms('maintenance-reminder', car);
  },
  'inserts a step between': async (c) => {
    await welcome(c);
    await c.wait(days(2));
    await c.email('maintenance-overdue', car);
    await c.sms('complete-profile');
    await c.waitFor('profile.completed', profile);
    await afterTheProfile(c);
  },
  'inserts a wait': async (c) => {
    await welcome(c);
    await c.wait(days(2));
    await c.sms('complete-profile');
    await c.wait(days(1), { id: 'a day more' });
    await c.waitFor('profile.completed', profile);
    await afterTheProfile(c);
  },
  'removes a step that is done': async (c) => {
    await c.wait(days(2));
    await c.sms('complete-profile');
    await c.waitFor('profile.completed', profile);
    await afterTheProfile(c);
  },
  'removes a step to come': async (c) => {
    await welcome(c);
    await c.wait(days(2));
    await c.waitFor('profile.completed', profile);
    await afterTheProfile(c);
  },
  'removes the waits': async (c) => {
    await welcome(c);
    await c.sms('complete-profile');
    await c.email('winback');
    await goodbye(c);
  },
  'renames a step': async (c) => {
    await c.email('welcome', { coupon: 'RENAMED' }, { id: 'hello' });
    await c.wait(days(2));
    await c.sms('complete-profile');
    await c.waitFor('profile.completed', profile);
    await afterTheProfile(c);
  },
  'changes a wait': async (c) => {
    await welcome(c);
    await c.wait(days(1));
    await c.sms('complete-profile');
    await c.waitFor('profile.completed', { within: days(2) });
    await c.email('winback');
    await c.wait(days(2), { id: 'rest' });
    await goodbye(c);
  },
  'waits for another event': async (c) => {
    await welcome(c);
    await c.wait(days(2));
    await c.sms('complete-profile');
    await c.waitFor('page.viewed', { within: days(1) });
    await afterTheProfile(c);
  },
  'gives a message its best time': async (c) => {
    await welcome(c);
    await c.wait(days(2));
    await c.sms('complete-profile');
    await c.waitFor('profile.completed', profile);
    await c.email('winback', {}, { at: 'best time' });
    await c.wait(days(3), { id: 'rest' });
    await goodbye(c);
  },
  'swaps two steps': async (c) => {
    await welcome(c);
    await c.wait(days(2));
    await c.email('winback');
    await c.waitFor('profile.completed', profile);
    await c.sms('complete-profile');
    await c.wait(days(3), { id: 'rest' });
    await goodbye(c);
  },
  'puts a step into a branch': async (c) => {
    await welcome(c);
    await c.wait(days(2));
    await c.sms('complete-profile');
    await c.waitFor('profile.completed', profile);
    if (await c.is('vip')) await c.email('winback');
    else await c.sms('maintenance-reminder', car);
    await c.wait(days(3), { id: 'rest' });
    await goodbye(c);
  },
  'puts a step into a loop': async (c) => {
    await welcome(c);
    await c.wait(days(2));
    for (let round = 0; round < 2; round++) {
      await c.sms('complete-profile');
      await c.wait(days(1), { id: 'round' });
    }
    await c.waitFor('profile.completed', profile);
    await afterTheProfile(c);
  },
  'catches what is thrown': async (c) => {
    try {
      await original(c);
    } catch {
      await c.sms('maintenance-reminder', car);
    } finally {
      c.now();
    }
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
