import { days, hours } from '../engine/vocabulary';
import { simulate } from '../simulate/simulate';
import { doubleOptIn } from './double-opt-in';

/** A Monday, two in the morning in São Paulo: a request is answered at any hour. */
const start = Date.UTC(2026, 2, 2, 5);
const properties = { channel: 'email', request: 'r1' } as const;

describe('double-opt-in', () => {
  it('asks once, at once, and gives up when nobody answers', async () => {
    const played = await simulate(doubleOptIn, { start });
    expect(played.messages).toMatchObject([{ template: 'confirm-consent', at: start }]);
    expect(played.outcome).toBe('completed');
    expect(played.endedAt).toBe(start + days(30));
  });

  it('ends as converted the moment they confirm', async () => {
    const events = [{ after: hours(3), name: 'consent.confirmed', properties }] as const;
    const played = await simulate(doubleOptIn, { start, events });
    expect([played.outcome, played.endedAt]).toEqual(['converted', start + hours(3)]);
  });

  it('stays out of what is confirmed of another request', async () => {
    const trigger = { name: 'consent.requested', properties: { ...properties, request: 'r0' } } as const;
    const events = [{ after: hours(3), name: 'consent.confirmed', properties }] as const;
    expect(await simulate(doubleOptIn, { start, trigger, events })).toMatchObject({ outcome: 'completed' });
  });

  it('ends as exited when they refuse', async () => {
    const events = [{ after: days(2), name: 'consent.refused', properties }] as const;
    const played = await simulate(doubleOptIn, { start, events });
    expect([played.outcome, played.endedAt]).toEqual(['exited', start + days(2)]);
  });
});
