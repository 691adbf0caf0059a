import type { Reply } from './context';
import { simulate, type SimulatedEvent } from '../simulate/simulate';
import { days, hours, journey, never, on, type Duration } from './vocabulary';

const start = Date.parse('2026-03-03T15:00:00Z');
let heard: (Reply | null)[] = [];
beforeEach(() => (heard = []));

const asking = journey('asking', { entry: on('profile.completed'), reentry: never }, async (c) => {
  heard = [];
  heard.push(await c.ask('complete-profile', {}, { within: days(1) }));
  heard.push(await c.ask('complete-profile', {}, { within: days(1) }));
  // @ts-expect-error -- a reply is a yes, a no or neither
  if (heard[0]?.answer === 'maybe') await c.email('winback');
  // @ts-expect-error -- an e-mail is no text message
  if (heard.length === 0) await c.ask('winback', {}, { within: days(1) });
});
type Said = Extract<SimulatedEvent, { name: 'message.replied' }>['properties'];
const says = (after: Duration, properties: Said): SimulatedEvent => ({
  after,
  name: 'message.replied',
  properties,
});

describe('c.ask', () => {
  it('gives what each answer says, and null where none comes', async () => {
    const played = await simulate(asking, { start, events: [says(hours(2), { answer: 'yes' })] });
    expect(heard).toEqual([{ answer: 'yes', number: null }, null]);
    expect(played.messages.map(({ channel }) => channel)).toEqual(['sms', 'sms']);
    expect(played.steps.map(({ step }) => step)).toEqual([
      'ask:complete-profile',
      'reply:complete-profile',
      'ask:complete-profile#2',
      'reply:complete-profile#2',
    ]);
  });

  it('takes each answer for the message that it answers', async () => {
    const events = [says(hours(1), { number: 9 }), says(hours(2), {})];
    await simulate(asking, { start, events });
    expect(heard).toEqual([
      { answer: null, number: 9 },
      { answer: null, number: null },
    ]);
    const late = says(hours(3), { messageId: 'another/message', answer: 'no' });
    await simulate(asking, { start, events: [late] });
    expect(heard).toEqual([null, null]);
  });

  it('hears no answer in STOP', async () => {
    await simulate(asking, { start, events: [says(hours(1), { keyword: 'STOP' })] });
    expect(heard[0]).toBeNull();
  });
});
