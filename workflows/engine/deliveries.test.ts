import { simulate } from '../simulate/simulate';
import { days, journey, never, on } from './vocabulary';

const start = Date.UTC(2026, 2, 2, 13);
const rules = { entry: on('customer.signed_up'), reentry: never };

describe('what a journey tells', () => {
  it('is played in order, with what it said', async () => {
    const telling = journey('telling', rules, async (c) => {
      const { state } = await c.webhook('crm', { stage: 'new' }, { personal: ['email'] });
      await c.wait(days(1));
      if (state === 'delivered') await c.alertTeam('welcome', { day: 1 });
    });
    const { told, steps } = await simulate(telling, { start });
    expect(told).toEqual([
      { at: start, kind: 'webhook', name: 'crm', data: { stage: 'new' } },
      { at: start + days(1), kind: 'alert', name: 'welcome', data: { day: 1 } },
    ]);
    expect(steps.map(({ step }) => step)).toEqual(['webhook:crm', 'wait:1d', 'alertTeam:welcome']);
  });

  it('is checked by the compiler: JSON, and personal fields by name only', () => {
    const checked = journey('checked', rules, async (c) => {
      // @ts-expect-error a function is no JSON
      await c.webhook('crm', { stage: () => 1 });
      // @ts-expect-error there is no such field of a customer
      await c.webhook('crm', {}, { personal: ['taxId'] });
    });
    expect(checked.name).toBe('checked');
  });

  it('goes to a name that can be one', async () => {
    const wrong = journey('wrong', rules, async (c) => {
      await c.webhook('https://crm.example');
    });
    await expect(simulate(wrong, { start })).rejects.toThrow(
      'c.webhook("https://crm.example"): use lower-case letters, digits and hyphens.',
    );
  });
});
