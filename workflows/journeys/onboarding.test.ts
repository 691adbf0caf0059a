import { days, hours } from '../engine/vocabulary';
import { simulate } from '../simulate/simulate';
import { onboarding } from './onboarding';

/** A Monday, ten in the morning in São Paulo. */
const start = Date.UTC(2026, 2, 2, 13);
const offers = { onboarding: ['tyres'] };
const templates = (played: Awaited<ReturnType<typeof simulate>>) =>
  played.messages.map(({ template }) => template);

describe('onboarding', () => {
  it('welcomes at once, nudges after two days without a profile, then offers', async () => {
    const played = await simulate(onboarding, { start, offers });
    expect(templates(played)).toEqual([
      'welcome',
      'complete-profile',
      expect.stringMatching(/^offer-(warm|direct)$/),
    ]);
    expect(played.messages.map(({ at }) => at)).toEqual([start, start + days(2), start + days(5)]);
    expect(played.outcome).toBe('completed');
  });

  it('does not nudge who completes the profile in time', async () => {
    const events = [{ after: days(1), name: 'profile.completed', properties: {} }] as const;
    const played = await simulate(onboarding, { start, offers, events });
    expect(templates(played)).toEqual(['welcome', expect.stringMatching(/^offer-/)]);
    expect(played.messages[1]?.at).toBe(start + days(4));
  });

  it('ends as converted the moment an order comes, in mid-wait', async () => {
    const events = [{ after: hours(30), name: 'order.completed', properties: { orderId: 'o1' } }] as const;
    const played = await simulate(onboarding, { start, offers, events });
    expect(played.outcome).toBe('converted');
    expect(played.endedAt).toBe(start + hours(30));
    expect(templates(played)).toEqual(['welcome']);
  });

  it('ends as exited when the customer leaves', async () => {
    const events = [{ after: days(3), name: 'customer.churned', properties: {} }] as const;
    expect((await simulate(onboarding, { start, offers, events })).outcome).toBe('exited');
  });

  it('sends the welcome in the middle of the night, the nudge only in the morning', async () => {
    const night = Date.UTC(2026, 2, 2, 5, 30);
    const played = await simulate(onboarding, { start: night, offers });
    expect(played.messages[0]?.at).toBe(night);
    expect(played.messages[1]?.at).toBe(Date.UTC(2026, 2, 4, 12));
  });
});
