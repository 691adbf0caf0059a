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
  { census, offers }: { readonly census: Census; readonly offers: ReadonlyMap<string, CatalogueOffer> },
): string {
  const { customers, history, offers: counts, model } = summary;
  const reasons = Object.entries(summary.messages).flatMap(([channel, { reasons: why }]) =>
    Object.entries(why).map(([reason, count]) => `${count} ${channel} ${reason}`),
  );
  const source = history.source === 'file' ? 'of real customers' : 'invented';
  const rows = counts.byOffer.map(({ offerId, shown, taken }) => [
    offers.get(offerId)?.body.name.en ?? offerId,
    String(shown),
    String(taken),
    share(taken, shown),
  ]);
  return [
    summary.interrupted
      ? 'The demonstration was ended early.'
      : `${summary.days} days in ${summary.seconds} s.`,
    `${customers.regulars} customers with a past (${history.purchases} purchases, ${source}), ${customers.newcomers} newcomers, ids ${summary.customerPrefix}-…; ${summary.events} events`,
    '',
    ...censusTables(census),
    ...(reasons.length === 0 ? [] : ['', `  Not sent: ${reasons.join(', ')}`]),
    '',
    ...tableOf([
      ['Offers', 'shown', 'taken', 'share'],
      ...rows,
      ['All', String(counts.shown), String(counts.taken), share(counts.taken, counts.shown)],
    ]),
    '',
    `  ${summary.decisions} decisions; the model is at version ${model.version} and has learned from ${model.outcomesLearned} outcomes of this run.`,
    '',
    ...Object.entries(summary.links).map(([name, url]) => `  ${name.padEnd(22)}${url}`),
    '',
    '  Open runs go on by the clocks of their customers.',
    '',
  ].join('\n');
}

const share = (part: number, whole: number): string =>
  whole === 0 ? '' : `${Math.round((100 * part) / whole)} %`;
