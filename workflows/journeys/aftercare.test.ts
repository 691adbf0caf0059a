import { days, hours } from '../engine/vocabulary';
import { simulate } from '../simulate/simulate';
import { aftercare } from './aftercare';

/** A Monday, ten in the morning in São Paulo: twenty hours later is before the window opens. */
const start = Date.UTC(2026, 2, 2, 13);
const asked = Date.UTC(2026, 2, 3, 12);
const trigger = { name: 'service.completed', properties: { vehicleId: 'v1' } } as const;
const scored = (score: number) => [
  { after: hours(26), name: 'survey.answered', properties: { survey: 'csat', score } } as const,
];

describe('aftercare', () => {
  it('asks the next morning, and ends when nobody answers within a week', async () => {
    const played = await simulate(aftercare, { start, trigger });
    expect(played.messages).toMatchObject([{ template: 'survey-csat', at: asked }]);
    expect(played).toMatchObject({ outcome: 'completed', endedAt: asked + days(7), told: [] });
  });

  it('tells the team of somebody unhappy, by the score alone', async () => {
    const played = await simulate(aftercare, { start, trigger, events: scored(2) });
    expect(played.told).toMatchObject([{ kind: 'alert', name: 'unhappy-after-service', data: { score: 2 } }]);
  });

  it('leaves the team in peace where all is well', async () => {
    expect((await simulate(aftercare, { start, trigger, events: scored(4) })).told).toEqual([]);
  });

  it('ends as exited when the customer leaves', async () => {
    const events = [{ after: hours(3), name: 'customer.churned', properties: {} }] as const;
    expect(await simulate(aftercare, { start, trigger, events })).toMatchObject({
      outcome: 'exited',
      messages: [],
    });
  });
});
