import { testConfiguration } from '../../test/api';
import type { Census } from './census';
import { catalogue } from './catalogue';
import { describeSummary, linksOf, offersOf, type Summary } from './summary';

const email = { ...testConfiguration().email, mailboxUrl: 'http://localhost:1080' };
const temporal = { ...testConfiguration().temporal, namespace: 'crm', uiUrl: 'http://localhost:8233' };
const about = { prefix: 'demo-2', journeys: ['upsell'] };

describe('links', () => {
  it('lead to a run’s customers in the Temporal UI, without the pieces of runs that went on', () => {
    const { 'temporal.upsell': link = '', ...others } = linksOf(
      testConfiguration({ email, temporal }),
      about,
    );
    expect(others).toEqual({ console: 'http://localhost:3000/', mailbox: 'http://localhost:1080' });
    const url = new URL(link);
    expect(url.origin + url.pathname).toBe('http://localhost:8233/namespaces/crm/workflows');
    expect(url.searchParams.get('query')).toBe(
      'WorkflowType="upsell" AND CustomerId STARTS_WITH "demo-2-" AND ExecutionStatus!="ContinuedAsNew"',
    );
  });

  it('are left out where there is no page', () => {
    expect(linksOf(testConfiguration(), about)).toEqual({ console: 'http://localhost:3000/' });
  });
});

describe('a summary', () => {
  const nothing = { sent: 0, states: {}, reasons: {} };
  const census: Census = {
    runs: new Map(),
    messages: {
      email: { sent: 3, states: { sent: 3, suppressed: 2 }, reasons: { holdout: 2 } },
      sms: nothing,
    },
    decisions: 9,
    offers: new Map([
      ['demo-detailing', { shown: 4, taken: 1 }],
      ['gone', { shown: 5, taken: 0 }],
      ['demo-oil-change', { shown: 0, taken: 0 }],
    ]),
  };
  const summary: Summary = {
    ...{ run: 2, customerPrefix: 'demo-2', interrupted: false, days: 30, seconds: 95, events: 700 },
    customers: { regulars: 10, newcomers: 20 },
    history: { purchases: 31, source: 'file' },
    runs: {},
    messages: census.messages,
    decisions: 9,
    offers: offersOf(census),
    model: { version: 4, outcomesLearned: 6 },
    links: { console: 'http://localhost:3000/' },
  };
  const lines = (change: Partial<Summary> = {}) =>
    describeSummary(
      { ...summary, ...change },
      census,
      new Map(catalogue('BRL').map((offer) => [offer.id, offer])),
    );

  it('tells how often each offer was taken, the most shown first', () => {
    expect(summary.offers).toMatchObject({ shown: 9, taken: 1 });
    expect(summary.offers.byOffer.map(({ offerId }) => offerId)).toEqual([
      'gone',
      'demo-detailing',
      'demo-oil-change',
    ]);
    expect(lines()).toMatch(
      /gone +5 +0 +0 %\n.*Interior and exterior detailing +4 +1 +25 %\n +All +9 +1 +11 %\n/,
    );
    expect(lines()).not.toContain('Oil and filter change');
  });

  it('tells what was not sent and why, and where the past came from', () => {
    expect(lines()).toContain('Not sent: 2 email holdout');
    expect(lines()).toContain('31 purchases of real customers');
    expect(lines({ history: { purchases: 31, source: 'invented' } })).toContain('31 invented purchases');
  });

  it('says when it was ended early', () => {
    expect(lines()).toContain('30 days in 95 s.');
    expect(lines({ interrupted: true, days: 12 })).toContain('Ended early, after 12 days in 95 s.');
  });
});
