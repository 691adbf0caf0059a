import { rejectionSentence } from '../../activities/decisions/rejections';
import type { Locale } from '../../domain/locale';
import { explain, explainFactors, type FeatureSpace } from '../../scoring';
import { unpackFates, type DecisionDocument, type ShownOffer } from '../../store/decisions';
import type { CatalogueDocument } from '../../store/catalogues';
import type { OfferDocument } from '../../store/offers';
import { html, type Html } from '../pages/html';
import type { Desk } from './layout';
import { customerLink, table } from './parts';

/** What the page of a decision shows. */
export interface DecisionView {
  readonly decision: DecisionDocument;
  /** The catalogue as it stood; null where it is forgotten. */
  readonly catalogue: CatalogueDocument | null;
  readonly offers: readonly OfferDocument[];
  /** What features are called. */
  readonly space: Pick<FeatureSpace, 'names' | 'label'>;
}

interface DecisionWords {
  readonly title: string;
  readonly chosen: string;
  readonly nothing: string;
  readonly why: string;
  readonly general: string;
  readonly chance: string;
  readonly earns: string;
  readonly score: string;
  readonly explored: string;
  readonly rejected: string;
  readonly none: string;
  readonly offers: string;
  readonly rule: string;
  readonly close: string;
  readonly model: (version: string) => string;
}

/** What the team reads on the page of a decision. */
const decisionWords: Readonly<Record<Locale, DecisionWords>> = {
  en: {
    title: 'Decision',
    chosen: 'Chosen',
    nothing: 'Nothing could be offered.',
    why: 'Why',
    general: 'What counted for it is how well it does in general.',
    chance: 'Chance',
    earns: 'Earns',
    score: 'Expected earnings',
    explored: 'drawn at random, to learn',
    rejected: 'Left out',
    none: 'Nothing was left out.',
    offers: 'Offers',
    rule: 'Because',
    close: 'Could have been chosen too',
    model: (version) => `Decided by version ${version} of the model.`,
  },
  'pt-BR': {
    title: 'Decisão',
    chosen: 'Escolhidas',
    nothing: 'Nada pôde ser oferecido.',
    why: 'Por quê',
    general: 'O que contou a favor é o seu desempenho geral.',
    chance: 'Chance',
    earns: 'Rende',
    score: 'Ganho esperado',
    explored: 'sorteada, para aprender',
    rejected: 'Deixadas de fora',
    none: 'Nada ficou de fora.',
    offers: 'Ofertas',
    rule: 'Porque',
    close: 'Também poderiam ter sido escolhidas',
    model: (version) => `Decidido pela versão ${version} do modelo.`,
  },
};

/** A choice of offers: what was chosen and why, and of each offer that was left out the reason. */
export function decisionPage(desk: Desk, view: DecisionView): Html {
  const words = decisionWords[desk.locale];
  const { decision } = view;
  const names = new Map(view.offers.map(({ _id, name }) => [_id, name[desk.locale]]));
  const nameOf = (offerId: string): Html => html`${names.get(offerId) ?? ''} <code>${offerId}</code>`;
  const shown = new Set(decision.shown.map(({ offerId }) => offerId));
  const others = decision.candidates.filter(({ offerId }) => !shown.has(offerId)).slice(0, 5);
  return html`<h1>${words.title}</h1>
    <p class="soft">
      ${customerLink(decision.customerId)} · ${desk.format.date(decision.at)} ·
      ${desk.words.slots[decision.slot]} · ${words.model(desk.format.number(decision.modelVersion))}
    </p>
    <h2>${words.chosen}</h2>
    ${
      decision.shown.length === 0
        ? html`<p class="soft">${words.nothing}</p>`
        : html`<div class="cards">
            ${decision.shown.map((offer) => chosenCard(desk, { words, offer, nameOf, view }))}
          </div>`
    }
    ${
      others.length > 0 &&
      html`<h2>${words.close}</h2>
        <p class="chips">
          ${others.map(({ offerId, propensity }) => html`<span class="chip">${names.get(offerId) ?? offerId}: ${desk.format.share(propensity)}</span>`)}
        </p>`
    }
    <h2>${words.rejected}</h2>
    ${rejectedTable(desk, { words, view, nameOf })}`;
}

function chosenCard(
  desk: Desk,
  {
    words,
    offer,
    nameOf,
    view,
  }: {
    readonly words: DecisionWords;
    readonly offer: ShownOffer;
    readonly nameOf: (offerId: string) => Html;
    readonly view: DecisionView;
  },
): Html {
  const { format, locale } = desk;
  const { currency } = view.decision;
  const reasons = reasonsOf(offer, view.space, locale);
  return html`<article class="card">
    <h3>${nameOf(offer.offerId)}</h3>
    <dl class="facts">
      <dt>${words.chance}</dt>
      <dd>${format.share(offer.propensity)}</dd>
      <dt>${words.earns}</dt>
      <dd>${format.money({ amount: offer.value, currency })}</dd>
      <dt>${words.score}</dt>
      <dd>${format.money({ amount: offer.score, currency })}</dd>
    </dl>
    <div>
      <b>${words.why}</b>
      <ul>
        ${(reasons.length > 0 ? reasons : [words.general]).map((reason) => html`<li>${reason}</li>`)}
      </ul>
    </div>
    ${offer.explored && html`<p class="chip">${words.explored}</p>`}
  </article>`;
}

/** What moved a choice most, in words of a language: contributions by feature, then the factors. */
function reasonsOf(
  { contributions, factors }: ShownOffer,
  space: DecisionView['space'],
  locale: Locale,
): string[] {
  const known = new Map(contributions);
  const names = ['intercept', ...[...known.keys()].filter((name) => name !== 'intercept')];
  const label: FeatureSpace['label'] = (column, language) => {
    const place = space.names.indexOf(names[column] ?? '');
    return place < 0 ? (names[column] ?? '') : space.label(place, language);
  };
  const effects = names.map((name) => known.get(name) ?? 0);
  return [
    ...explain(effects, { names, label }, { locale, count: 5 }).map(({ words }) => words),
    ...explainFactors(factors, locale),
  ];
}

function rejectedTable(
  { locale }: Desk,
  {
    words,
    view: { decision, catalogue },
    nameOf,
  }: {
    readonly words: DecisionWords;
    readonly view: DecisionView;
    readonly nameOf: (offerId: string) => Html;
  },
): Html {
  const fates = unpackFates(decision.field);
  const byRule = new Map<string, string[]>();
  fates.forEach((rule, index) => {
    const offerId = catalogue?.offers[index]?._id;
    if (rule !== undefined && offerId !== undefined) {
      byRule.set(rule, [...(byRule.get(rule) ?? []), offerId]);
    }
  });
  if (byRule.size === 0) return html`<p class="soft">${words.none}</p>`;
  return table({
    label: words.rejected,
    columns: [
      [words.offers, 'wide'],
      [words.rule, 'wide reason'],
    ],
    rows: [...byRule].flatMap(([rule, ids]) =>
      ids.map((offerId) => [
        nameOf(offerId),
        html`${rejectionSentence(rule, locale)} <span class="soft small">${rule}</span>`,
      ]),
    ),
  });
}
