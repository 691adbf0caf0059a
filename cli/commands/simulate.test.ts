import { CommanderError } from 'commander';
import { runPerene } from '../../test/perene-process';
import { simulateCommand } from './simulate';

/** What the command says of arguments that it does not take. */
async function refusal(args: readonly string[]): Promise<string> {
  const command = simulateCommand()
    .exitOverride()
    .configureOutput({ writeErr: () => undefined });
  const error: unknown = await command.parseAsync(args, { from: 'user' }).catch((reason: unknown) => reason);
  return error instanceof CommanderError ? error.message : `no refusal: ${String(error)}`;
}

describe('perene simulate', () => {
  it('prints what happens when, for people or as JSON', async () => {
    const args = ['simulate', 'onboarding', '--start', '2026-03-02T10:00', '--zone', 'America/Manaus'];
    const more = [
      '--offer',
      'onboarding=tyres',
      '--event',
      'profile.completed@1d',
      '--attribute',
      'orders=2',
    ];
    const [table, json] = await Promise.all([
      runPerene([...args, ...more]),
      runPerene([...args, ...more, '--json']),
    ]);
    expect(table).toMatchObject({ status: 0, stderr: '' });
    expect(table.stdout).toMatch(
      /^onboarding, in America\/Manaus\n\n {2}Mon 2 Mar 2026 10:00 +> customer\.signed_up/,
    );
    expect(table.stdout).toMatch(
      /Fri 6 Mar 2026 10:00 +\+4d +email:offer-(warm|direct) +sent {2}offer tyres/,
    );
    expect(json.status).toBe(0);
    expect(JSON.parse(json.stdout)).toMatchObject({
      journey: 'onboarding',
      zone: 'America/Manaus',
      start: '2026-03-02T10:00:00-04:00',
      outcome: 'completed',
      messages: 2,
    });
  });

  it('ends with status 2 for what it does not know', async () => {
    const [option, entry] = await Promise.all([
      runPerene(['simulate', 'boarding']),
      runPerene(['simulate', 'upsell', '--trigger', 'customer.lapsed']),
    ]);
    expect([option.status, entry.status]).toEqual([2, 2]);
    expect(option.stderr).toContain(
      'There are: onboarding, upsell, winback, maintenance, aftercare, double-opt-in.',
    );
    expect(entry.stderr).toContain(
      'There is no entry of upsell by "customer.lapsed". There are: order.delivered.',
    );
  });

  it.each([
    [['upsell', '--event', 'bought@1d'], 'There is no event "bought". There are: '],
    [['upsell', '--segment', 'rich'], 'There is no segment "rich". There are: everyone, '],
    [['upsell', '--attribute', 'age=30'], 'There is no attribute "age". There are: tier, '],
    [['upsell', '--offer', 'shop=tyres'], 'There is no slot "shop". There are: onboarding, '],
    [['upsell', '--offer', 'tyres'], 'Write it like upsell=tyres.'],
    [['upsell', '--zone', 'Brazil/Rio'], 'It must be an IANA time zone'],
    [['upsell', '--start', 'tomorrow'], '--start tomorrow is no date and time.'],
  ])('says what there is: %j', async (args, message) => {
    expect(await refusal(args)).toContain(message);
  });
});
