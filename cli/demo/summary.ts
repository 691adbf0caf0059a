import type { Configuration } from '../../domain/configuration';
import { searchAttributes } from '../../domain/temporal-names';
import type { CatalogueOffer } from './catalogue';
import { allOffers, type Census, type OfferCounts } from './census';
import { censusTables, tableOf } from './view';

/** What a demonstration came to. */
export interface Summary {
  readonly run: number;
  /** What the ids of its customers begin with. */
  readonly customerPrefix: string;
  readonly interrupted: boolean;
  readonly customers: { readonly regulars: number; readonly newcomers: number };
  readonly history: { readonly purchases: number; readonly source: 'file' | 'invented' };
  readonly days: number;
  readonly seconds: number;
  readonly events: number;
  readonly runs: Readonly<Record<string, Readonly<Record<string, number>>>>;
  readonly messages: Census['messages'];
  readonly decisions: number;
  readonly offers: OfferCounts & {
    readonly byOffer: readonly (OfferCounts & { readonly offerId: string })[];
  };
  readonly model: { readonly version: number; readonly outcomesLearned: number };
  readonly links: Readonly<Record<string, string>>;
}

/** Offers of a census, those that were shown most first. */
export function offersOf({ offers }: Census): Summary['offers'] {
  const byOffer = [...offers]
    .map(([offerId, counts]) => ({ offerId, ...counts }))
    .sort((a, b) => b.shown - a.shown || a.offerId.localeCompare(b.offerId));
  return { ...allOffers(offers), byOffer };
}

/** Where to look at what a demonstration left behind: pages of the system, and runs in the Temporal UI by journey. */
export function linksOf(
  { http, temporal, email, sms }: Configuration,
  { prefix, journeys }: { readonly prefix: string; readonly journeys: readonly string[] },
): Record<string, string> {
  const { uiUrl, namespace } = temporal;
  const runs = (journey: string) => {
    const query = [
      `WorkflowType="${journey}"`,
      `${searchAttributes.customerId} STARTS_WITH "${prefix}-"`,
      'ExecutionStatus!="ContinuedAsNew"',
    ].join(' AND ');
    return `${uiUrl ?? ''}/namespaces/${namespace}/workflows?query=${encodeURIComponent(query)}`;
  };
  return {
    console: `${http.publicUrl}/`,
    ...(email.mailboxUrl !== undefined && { mailbox: email.mailboxUrl }),
    ...(sms.twilio && { sms: sms.twilio.baseUrl }),
    ...(uiUrl !== undefined &&
      Object.fromEntries(journeys.map((journey) => [`temporal.${journey}`, runs(journey)]))),
  };
}

/** The summary for people. */
export function describeSummary(
  summary: Summary,
  census: Census,
  offers: ReadonlyMap<string, CatalogueOffer>,
): string {
  const { customers, customerPrefix, days, events, interrupted, links, model, seconds } = summary;
  const widest = Math.max(...Object.keys(links).map(({ length }) => length));
  const early = interrupted ? 'Ended early, after ' : '';
  const sections = [
    [
      `${early}${days} days in ${seconds} s.`,
      `${customers.regulars} customers with a past (${pastInWords(summary)}) and ${customers.newcomers} newcomers, ids ${customerPrefix}-…; ${events} events.`,
    ],
    censusTables(census),
    notSent(summary),
    offersTable(summary, offers),
    [
      `  ${summary.decisions} decisions. The model is at version ${model.version}; ${model.outcomesLearned} outcomes of this run are in it.`,
    ],
    Object.entries(links).map(([name, url]) => `  ${name.padEnd(widest)}  ${url}`),
    ['  Runs that are still open go on, from now on in real time.'],
  ];
  return sections
    .filter((lines) => lines.length > 0)
    .map((lines) => `${lines.join('\n')}\n`)
    .join('\n');
}

function pastInWords({ history: { purchases, source } }: Summary): string {
  return source === 'file' ? `${purchases} purchases of real customers` : `${purchases} invented purchases`;
}

function notSent({ messages }: Summary): string[] {
  const reasons = Object.entries(messages).flatMap(([channel, counts]) =>
    Object.entries(counts.reasons).map(([reason, count]) => `${count} ${channel} ${reason}`),
  );
  return reasons.length === 0 ? [] : [`  Not sent: ${reasons.join(', ')}`];
}

function offersTable({ offers: counts }: Summary, offers: ReadonlyMap<string, CatalogueOffer>): string[] {
  const row = (name: string, { shown, taken }: OfferCounts) => [
    name,
    String(shown),
    String(taken),
    share(taken, shown),
  ];
  return tableOf([
    ['Offers', 'shown', 'taken', 'share'],
    ...counts.byOffer
      .filter(({ shown }) => shown > 0)
      .map(({ offerId, ...each }) => row(offers.get(offerId)?.body.name.en ?? offerId, each)),
    row('All', counts),
  ]);
}

const share = (part: number, whole: number): string =>
  whole === 0 ? '' : `${Math.round((100 * part) / whole)} %`;
