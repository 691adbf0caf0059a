import type { SurveyAnswer } from './context';
import { simulate, type SimulatedEvent } from '../simulate/simulate';
import { days, hours, journey, never, on, type Duration } from './vocabulary';

/** A Tuesday, noon in São Paulo. */
const start = Date.parse('2026-03-03T15:00:00Z');
let heard: (SurveyAnswer | null)[] = [];
beforeEach(() => (heard = []));

const asking = journey('asking', { entry: on('profile.completed'), reentry: never }, async (c) => {
  heard = [];
  const nps = await c.survey('nps', { within: days(7) });
  if (nps && nps.score <= 6) await c.alertTeam('detractor', { score: nps.score });
  heard.push(nps);
  heard.push(await c.survey('csat', { within: days(1), id: 'after-visit' }));
  heard.push(await c.survey('nps', { within: days(1) }));
  // @ts-expect-error -- what the person wrote stays in the database
  if (heard[0]?.comment !== undefined) await c.email('winback');
  // @ts-expect-error -- there is no such survey
  if (heard.length === 0) await c.survey('ces', { within: days(1) });
});
type Said = Extract<SimulatedEvent, { name: 'survey.answered' }>['properties'];
const says = (after: Duration, properties: Said): SimulatedEvent => ({
  after,
  name: 'survey.answered',
  properties,
});

describe('c.survey', () => {
  it('gives the score that was chosen, and tells the team of one who is not happy', async () => {
    const played = await simulate(asking, {
      start,
      events: [says(hours(2), { survey: 'nps', score: 3 }), says(hours(4), { survey: 'csat', score: 5 })],
    });
    expect(heard).toEqual([{ score: 3 }, { score: 5 }, null]);
    expect(played.told).toMatchObject([{ kind: 'alert', name: 'detractor', data: { score: 3 } }]);
    expect(played.messages.map(({ channel, template }) => [channel, template])).toEqual([
      ['email', 'survey-nps'],
      ['email', 'survey-csat'],
      ['email', 'survey-nps'],
    ]);
    expect(played.steps.map(({ step }) => step)).toEqual([
      'survey:nps',
      'answer:nps',
      'alertTeam:detractor',
      'after-visit',
      'answer:after-visit',
      'survey:nps#2',
      'answer:nps#2',
    ]);
  });

  it('gives null when time is up', async () => {
    const played = await simulate(asking, { start });
    expect(heard).toEqual([null, null, null]);
    expect(played.told).toEqual([]);
    expect(played.endedAt).toBe(start + days(9));
  });

  it('takes no answer to another message, nor to another survey', async () => {
    const events = [
      says(hours(1), { survey: 'csat', score: 2 }),
      says(hours(2), { survey: 'nps', score: 2, messageId: 'another/message' }),
      // To the first e-mail, while the second one of its kind waits.
      says(hours(8 * 24 + 1), { survey: 'nps', score: 4, messageId: 'asking/simulated#1/survey:nps' }),
    ];
    await simulate(asking, { start, events });
    expect(heard).toEqual([null, null, null]);
  });
});
