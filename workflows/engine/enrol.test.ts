import { simulate } from '../simulate/simulate';
import type { Journey } from './journey';
import { judgeTogether } from './live-journeys';
import { after, days, journey, never, on } from './vocabulary';

const start = Date.UTC(2026, 2, 2, 13);

/** One run for each vehicle, again after a year. */
const care = journey(
  'care',
  {
    entry: on('vehicle.delivered'),
    key: 'vehicleId',
    reentry: after(days(365)),
    goal: on('service.completed'),
  },
  async (c) => {
    await c.wait(days(30));
    await c.sms('complete-profile');
  },
);
const welcome = journey('welcome', { entry: on('customer.signed_up'), reentry: never }, async (c) => {
  await c.wait(days(1));
});

describe('c.enrol', () => {
  it('is checked by the compiler: what is enrolled in is declared, and the properties are those of its entry', () => {
    journey('typed', { entry: on('order.delivered'), reentry: never, enrols: () => [care] }, async (c) => {
      const { started, enrolment } = await c.enrol(care, { vehicleId: 'v1', model: 'Uno' });
      const begun: boolean = started;
      const id: string | null = enrolment;
      const { outcome } = await c.enrol(care, { vehicleId: 'v1', model: 'Uno' }, { within: days(3) });
      const how: 'completed' | 'converted' | 'exited' | null = outcome;
      // @ts-expect-error the entry event needs a model
      await c.enrol(care, { vehicleId: 'v1' });
      // @ts-expect-error it is not among those that `enrols` names
      await c.enrol(welcome, {});
      await c.split(String([begun, id, how]), { all: 1 });
    });
    const undeclared = journey('undeclared', { entry: on('order.delivered'), reentry: never }, async (c) => {
      // @ts-expect-error nothing is declared
      await c.enrol(care, { vehicleId: 'v1', model: 'Uno' });
    });
    expect(undeclared.enrols()).toEqual([]);
  });

  it('that is not declared fails and says what to do', async () => {
    const hidden: Journey = journey(
      'hidden',
      { entry: on('customer.signed_up'), reentry: never },
      async (c) => {
        await c.enrol(care as never, {} as never);
      },
    );
    await expect(simulate(hidden, { start })).rejects.toThrow(
      'journey "hidden" does not say that it enrols in "care". Add `enrols: () => [care]` to its rules.',
    );
  });

  it('plays the other journey beside this one, and gives its outcome', async () => {
    const parent = journey(
      'parent',
      { entry: on('order.delivered'), reentry: never, enrols: () => [care] },
      async (c) => {
        const vehicle = { vehicleId: 'v1', model: 'Uno' };
        const first = await c.enrol(care, vehicle);
        const second = await c.enrol(care, vehicle);
        const other = await c.enrol(care, { ...vehicle, vehicleId: 'v2' }, { within: days(10), id: 'other' });
        await c.wait(days(40));
        const early = await c.enrol(care, vehicle);
        await c.wait(days(400));
        const later = await c.enrol(care, vehicle, { within: days(60), id: 'later' });
        await c.split(JSON.stringify([first, second, other, early, later]), { all: 1 });
      },
    );
    const events = [{ after: days(5), name: 'service.completed', properties: { vehicleId: 'v2' } }] as const;
    const played = await simulate(parent, {
      start,
      trigger: { name: 'order.delivered', properties: { orderId: 'o' } },
      events,
    });
    const said = played.steps.at(-1)?.step.replace('split:', '') ?? '';
    expect(JSON.parse(said)).toEqual([
      { started: true, enrolment: 'care/simulated/v1#1', outcome: null },
      { started: false, enrolment: 'care/simulated/v1#1', outcome: null, refusal: 'already-open' },
      { started: true, enrolment: 'care/simulated/v2#1', outcome: 'converted' },
      { started: false, enrolment: null, outcome: null, refusal: 're-entry' },
      { started: true, enrolment: 'care/simulated/v1#2', outcome: 'completed' },
    ]);
    expect(played.messages).toEqual([]);
    expect(
      played.enrolled.map(({ enrolment, played: { outcome, messages } }) => [
        enrolment,
        outcome,
        messages.length,
      ]),
    ).toEqual([
      ['care/simulated/v1#1', 'completed', 1],
      ['care/simulated/v2#1', 'converted', 0],
      ['care/simulated/v1#2', 'completed', 1],
    ]);
  });

  it('stops following when time is up', async () => {
    const parent = journey(
      'impatient',
      { entry: on('customer.signed_up'), reentry: never, enrols: () => [care] },
      async (c) => {
        const { outcome } = await c.enrol(care, { vehicleId: 'v', model: 'm' }, { within: days(2) });
        if (outcome === null) await c.wait(days(1));
      },
    );
    const { steps, endedAt } = await simulate(parent, { start });
    expect(steps.map(({ step }) => step)).toEqual(['enrol:care', 'ended:care', 'wait:1d']);
    expect(endedAt).toBe(start + days(3));
  });
});

describe('journeys judged together', () => {
  const named = (name: string, enrols: () => readonly Journey[] = () => []): Journey =>
    journey(name, { entry: on('customer.signed_up'), reentry: never, enrols }, async () => undefined);

  it('may enrol in others, also two in the same', () => {
    const [c, d] = [named('c'), named('d')];
    const b = named('b', () => [c, d]);
    judgeTogether([named('a', () => [b, c]), b, c, d]);
  });

  it('are refused in a circle, and told the way round', () => {
    const itself: Journey = named('itself', () => [itself]);
    expect(() => judgeTogether([itself])).toThrow('itself -> itself');
    const first: Journey = named('first', () => [second]);
    const second: Journey = named('second', () => [third]);
    const third: Journey = named('third', () => [named('leaf'), first]);
    const leaf = named('leaf');
    expect(() => judgeTogether([leaf, third, second, first])).toThrow(
      'third -> first -> second -> third. Take one of these out of `enrols` (workflows/journeys/third.ts, ' +
        'workflows/journeys/first.ts, workflows/journeys/second.ts)',
    );
  });

  it('are refused where one is not there or a name is taken', () => {
    const away = named('away');
    expect(() => judgeTogether([named('a', () => [away])])).toThrow(
      'Journey "a" enrols in "away", which does not run: put it into workflows/journeys/index.ts.',
    );
    expect(() => judgeTogether([named('a'), named('a')])).toThrow('Two journeys are named "a"');
  });
});
