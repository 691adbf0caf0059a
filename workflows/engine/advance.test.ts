import { AsyncLocalStorage } from 'node:async_hooks';
import type { DecideRequest, JourneyActivities, SendRequest } from '../../activities/contract';
import { advance } from './advance';
import { Burst, type Driver } from './burst';
import { ambientGuard } from './guard';
import { resume } from './resume';
import { initialState, type RunState } from './run-state';
import { days, hours, journey, never, on } from './vocabulary';
import type { JourneyContext } from './context';

type Body = (c: JourneyContext<'customer.signed_up'>) => Promise<void>;

const guard = ambientGuard(new AsyncLocalStorage<boolean>());
const rules = { entry: on('customer.signed_up'), reentry: never };
const startedAt = 1_000_000;

/** A customer whose journey can be played wait by wait, with another body after each. */
function traveller() {
  let now = startedAt;
  const sent: string[] = [];
  const decided: DecideRequest[] = [];
  const activities: JourneyActivities = {
    send: async ({ template }: SendRequest) => {
      sent.push(template);
      return { state: 'sent' };
    },
    findBestTime: async ({ templates, atOnce }) => ({
      channel: templates.email === undefined ? 'sms' : 'email',
      hour: 19,
      at: atOnce ? now : now + hours(5),
      probability: 0.4,
      probabilityError: 0.03,
    }),
    decide: async (request) => {
      decided.push(request);
      return [{ offerId: 'tyres', decisionId: 'd', score: 1, propensity: 0.5 }];
    },
    assign: async ({ weights }) => Object.keys(weights)[0] ?? '',
    isInSegment: async () => true,
    readAttribute: async () => 'gold',
    reachWait: async ({ end }) => {
      if ('real' in end) return { deadline: end.real };
      return 'elapsed' in end ? { deadline: now + end.elapsed } : { impossible: 'missing' };
    },
    callWebhook: async () => ({ state: 'delivered' }),
    alertTeam: async () => ({ state: 'delivered' }),
    enrol: async () => undefined,
    lookBack: async () => null,
    finish: async () => undefined,
  };
  const driver: Driver = { now: () => now, activities };
  const trigger = { id: 'e0', name: 'customer.signed_up', receivedAt: startedAt, properties: {} } as const;
  let state: RunState = initialState({
    enrolment: { id: 'test/c1#1', journey: 'test', customerId: 'c1', trigger, startedAt, holdout: false },
  });
  return {
    sent,
    decided,
    steps: () => state.journal.map(({ step, skipped }) => (skipped ? `(${step})` : step)),
    waitsAt: () => state.pending?.step,
    /** Lets the present wait end by time and plays on to the next one; says whether the run goes on. */
    async play(body: Body): Promise<boolean> {
      const burst = new Burst(journey('test', rules, body), state);
      if (state.pending) {
        now = state.pending.until;
        await resume(state.pending, burst, driver);
      }
      const advanced = await advance(burst, driver, guard);
      if (advanced.kind === 'waits') state = burst.state(advanced.pending);
      else state = { ...state, journal: burst.journal };
      return advanced.kind === 'waits';
    },
  };
}

const original: Body = async (c) => {
  await c.email('welcome', { coupon: 'A' });
  await c.wait(days(2));
  await c.sms('complete-profile');
  await c.wait(days(3));
  await c.email('winback');
};

describe('a run with more behind it than it can carry on', () => {
  const pending = { step: 'wait:2d', kind: 'wait', until: 0, since: 0, events: [] } as const;
  const trigger = { id: 'e0', name: 'customer.signed_up', receivedAt: startedAt, properties: {} } as const;
  const carried = (steps: number) => {
    const journal = Array.from({ length: steps }, (_, n) => ({
      step: `waitFor:page.viewed#${String(n + 1)}`,
      at: startedAt,
      result: { path: 'x'.repeat(900) },
    }));
    const enrolment = {
      id: 'test/c1#1',
      journey: 'test',
      customerId: 'c1',
      trigger,
      startedAt,
      holdout: false,
    };
    return () =>
      new Burst(journey('test', rules, original), initialState({ enrolment, journal })).state(pending);
  };

  it('stays where it is, and says what to do', () => {
    expect(carried(1_900)).not.toThrow();
    expect(carried(2_100)).toThrow('Journey "test": a run has 2100 steps behind it');
    expect(carried(2_100)).toThrow('Let the journey return before it comes to that');
  });
});

describe('a journey that nobody edits', () => {
  it('does each step once, over all its waits', async () => {
    const one = traveller();
    expect(await one.play(original)).toBe(true);
    expect(await one.play(original)).toBe(true);
    expect(await one.play(original)).toBe(false);
    expect(one.sent).toEqual(['welcome', 'complete-profile', 'winback']);
    expect(one.steps()).toEqual([
      'email:welcome',
      'wait:2d',
      'sms:complete-profile',
      'wait:3d',
      'email:winback',
    ]);
  });

  it('gives the same instant and the same chance at every execution', async () => {
    const one = traveller();
    const seen: number[][] = [];
    const body: Body = async (c) => {
      const before = [c.now(), c.random(), c.random()];
      await c.wait(days(1));
      seen.push([...before, c.now()]);
      await c.wait(days(1));
    };
    await one.play(body);
    await one.play(body);
    await one.play(body);
    expect(seen).toHaveLength(2);
    expect(seen[0]).toEqual(seen[1]);
    expect(seen[0]?.[0]).toBe(startedAt);
    expect(seen[0]?.[3]).toBe(startedAt + days(1));
    expect(seen[0]?.[1]).not.toBe(seen[0]?.[2]);
  });

  it('asks for one offer, or for a list that does not repeat itself', async () => {
    const one = traveller();
    await one.play(async (c) => {
      await c.nextBestOffer({ slot: 'upsell' });
      await c.nextBestOffer({ slot: 'upsell', count: 3, diverse: true });
    });
    expect(one.decided).toMatchObject([
      { step: 'offer:upsell', slot: 'upsell', count: 1 },
      { step: 'offer:upsell#2', slot: 'upsell', count: 3, diverse: true },
    ]);
  });

  it('numbers repeated steps', async () => {
    const one = traveller();
    const body: Body = async (c) => {
      for (let i = 0; i < 3; i++) {
        await c.sms('complete-profile');
        await c.wait(days(1));
      }
    };
    for (let i = 0; i < 4; i++) await one.play(body);
    expect(one.steps()).toEqual([
      'sms:complete-profile',
      'wait:1d',
      'sms:complete-profile#2',
      'wait:1d#2',
      'sms:complete-profile#3',
      'wait:1d#3',
    ]);
  });
});

describe('a journey edited while a customer waits in it', () => {
  /** Plays the original up to its first (1) or second (2) wait, then the edited one to its end. */
  async function edited(waits: 1 | 2, body: Body) {
    const one = traveller();
    for (let i = 0; i < waits; i++) await one.play(original);
    for (let i = 0; i < 10 && (await one.play(body)); i++);
    return one;
  }

  it('passes over a step put in before the customer’s place', async () => {
    const one = await edited(1, async (c) => {
      await c.sms('winback-offer', { offer: { offerId: 'o', decisionId: 'd', score: 1, propensity: 1 } });
      await original(c);
    });
    expect(one.sent).toEqual(['welcome', 'complete-profile', 'winback']);
    expect(one.steps()).toContain('(sms:winback-offer)');
  });

  it('does a step put in after it', async () => {
    const one = await edited(1, async (c) => {
      await original(c);
      await c.email('offer-warm', { offer: { offerId: 'o', decisionId: 'd', score: 1, propensity: 1 } });
    });
    expect(one.sent).toEqual(['welcome', 'complete-profile', 'winback', 'offer-warm']);
  });

  it('ignores the result of a step that was removed', async () => {
    const one = await edited(2, async (c) => {
      await c.wait(days(2));
      await c.sms('complete-profile');
      await c.wait(days(3));
      await c.email('winback');
    });
    expect(one.sent).toEqual(['welcome', 'complete-profile', 'winback']);
  });

  it('does not send a renamed step’s message when its place is passed', async () => {
    const one = await edited(2, async (c) => {
      await c.email('welcome', { coupon: 'A' }, { id: 'hello' });
      await c.wait(days(2));
      await c.sms('complete-profile');
      await c.wait(days(3));
      await c.email('winback');
    });
    expect(one.sent).toEqual(['welcome', 'complete-profile', 'winback']);
  });

  it('does not begin a wait again whose duration was changed', async () => {
    const one = await edited(1, async (c) => {
      await c.email('welcome', { coupon: 'A' });
      await c.wait(days(20));
      await c.sms('complete-profile');
      await c.wait(hours(1));
      await c.email('winback');
    });
    expect(one.sent).toEqual(['welcome', 'complete-profile', 'winback']);
    expect(one.steps()).toEqual([
      'email:welcome',
      'wait:2d',
      'sms:complete-profile',
      '(wait:20d)',
      'wait:1h',
      'email:winback',
    ]);
  });

  it('goes on at the next step when the wait is gone', async () => {
    const one = await edited(1, async (c) => {
      await c.email('welcome', { coupon: 'A' });
      await c.sms('complete-profile');
    });
    expect(one.sent).toEqual(['welcome', 'complete-profile']);
  });

  it('passes over a loop put in before the customer’s place', async () => {
    const one = await edited(1, async (c) => {
      while (!(await c.is('vip'))) await c.wait(days(1));
      await original(c);
    });
    expect(one.sent).toEqual(['welcome', 'complete-profile', 'winback']);
  });
});

describe('a message that waits for its best time, edited meanwhile', () => {
  const offer = { offerId: 'o', decisionId: 'd', score: 1, propensity: 1 };
  const timed: Body = async (c) => {
    await c.message({ email: 'winback-offer', sms: 'winback-offer' }, { offer }, { at: 'best time' });
    await c.wait(days(1));
    await c.sms('complete-profile');
  };
  /** Plays a body up to its first or second wait, then another one to its end. */
  async function edited(waits: 1 | 2, before: Body, after: Body) {
    const one = traveller();
    for (let i = 0; i < waits; i++) await one.play(before);
    for (let i = 0; i < 10 && (await one.play(after)); i++);
    return one;
  }

  it('waits once, and keeps the moment that was chosen', async () => {
    const one = await edited(1, timed, timed);
    expect(one.sent).toEqual(['winback-offer', 'complete-profile']);
    expect(one.steps()).toEqual([
      'time:message:winback-offer',
      'message:winback-offer',
      'wait:1d',
      'sms:complete-profile',
    ]);
  });

  it('goes the other way where the channel that was chosen is gone', async () => {
    const one = await edited(1, timed, async (c) => {
      await c.sms('winback-offer', { offer }, { at: 'best time', id: 'message:winback-offer' });
    });
    expect(one.sent).toEqual(['winback-offer']);
    expect(one.steps()).toEqual(['time:message:winback-offer', 'message:winback-offer']);
  });

  it('is sent when the wait is over where it no longer has a best time, and not at all where it is gone', async () => {
    const mail = (options: { at?: 'best time'; id?: string }): Body => {
      return async (c) => {
        await c.email('winback', {}, options);
      };
    };
    const untimed = await edited(1, mail({ at: 'best time' }), mail({}));
    expect(untimed.sent).toEqual(['winback']);
    const gone = await edited(1, timed, mail({ id: 'other' }));
    expect(gone.sent).toEqual(['winback']);
  });

  it('is not sent again, nor timed, where it had been sent before it was given a best time', async () => {
    const plain: Body = async (c) => {
      await c.email('winback');
      await c.wait(days(1));
      await c.sms('complete-profile');
    };
    const one = await edited(1, plain, async (c) => {
      await c.email('winback', {}, { at: 'best time' });
      await c.wait(days(1));
      await c.sms('complete-profile');
    });
    expect(one.sent).toEqual(['winback', 'complete-profile']);
    expect(one.steps()).toContain('(time:email:winback)');
  });

  it('is refused for a message that answers the person’s own act', async () => {
    const one = traveller();
    const body: Body = async (c) => {
      // @ts-expect-error only marketing may wait
      await c.email('welcome', { coupon: 'A' }, { at: 'best time' });
    };
    await expect(one.play(body)).rejects.toThrow('"welcome" is transactional: it goes at once.');
  });
});

describe('what a journey must not do', () => {
  it.each([
    ['Math.random()', () => Math.random()],
    ['Date.now()', () => Date.now()],
    ['new Date()', () => new Date()],
  ])('%s throws and names what to use', async (_, ambient) => {
    const one = traveller();
    const body: Body = async (c) => {
      await c.email('welcome', { coupon: 'A' });
      ambient();
    };
    await expect(one.play(body)).rejects.toThrow(/use c\.(now|random)\(\)/);
  });

  it('may make a date of an instant', async () => {
    const one = traveller();
    const body: Body = async (c) => {
      if (new Date(c.now()).getTime() === startedAt) await c.email('welcome', { coupon: 'A' });
    };
    await one.play(body);
    expect(one.sent).toEqual(['welcome']);
  });

  it('is refused to begin a step while another goes on', async () => {
    const one = traveller();
    const body: Body = async (c) => {
      await Promise.all([c.email('welcome', { coupon: 'A' }), c.sms('complete-profile')]);
    };
    await expect(one.play(body)).rejects.toThrow(
      'Step "sms:complete-profile" was begun while "email:welcome" was still going on',
    );
  });

  it('cannot catch the end of a pass', async () => {
    const one = traveller();
    const caught: string[] = [];
    const body: Body = async (c) => {
      try {
        await c.wait(days(1));
      } catch {
        caught.push('catch');
      } finally {
        caught.push('finally');
      }
    };
    expect(await one.play(body)).toBe(true);
    expect(caught).toEqual([]);
    expect(await one.play(body)).toBe(false);
    expect(caught).toEqual(['finally']);
  });
});
