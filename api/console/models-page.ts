import type { BanditState, FeatureSpace } from '../../scoring';
import type { ModelDocument } from '../../store/models';
import type {
  CalibrationReport,
  DriftReport,
  FactorsReport,
  PolicyEvaluation,
  RetrainingDocument,
  RetrainingStatus,
  Valued,
} from '../../store/retrainings';
import { html, type Html } from '../pages/html';
import { calibrationChart } from './calibration-chart';
import type { Desk } from './layout';
import { modelWords, type ModelWords } from './model-words';
import { bar } from './parts';

/** What the page of models shows. */
export interface ModelsView {
  readonly latest: ModelDocument<BanditState> | null;
  /** Latest first. */
  readonly retrainings: readonly RetrainingDocument[];
  /** What features are called. */
  readonly space: Pick<FeatureSpace, 'names' | 'label'>;
}

/** The model of acceptance: what is live, what each night came to and why, drift, calibration and factors. */
export function modelsPage(desk: Desk, view: ModelsView): Html {
  const words = modelWords[desk.locale];
  const [last] = view.retrainings;
  return html`<h1>${words.title}</h1>
    <p class="soft lead">${words.intro}</p>
    <h2>${words.live}</h2>
    ${liveCard(desk, words, view)}
    <h2>${words.last}</h2>
    ${last ? lastCard(desk, words, last) : html`<p class="soft">${words.none}</p>`}
    ${last && versionTable(desk, words, view.retrainings)}
    ${last && html`<div class="halves">${driftPart(desk, words, { drift: last.drift, space: view.space })} ${calibrationPart(desk, words, last.calibration)}</div>`}
    ${last?.factors && factorsPart(desk, words, last.factors)}`;
}

function liveCard({ format }: Desk, words: ModelWords, { latest, retrainings }: ModelsView): Html {
  if (!latest) return html`<p class="soft">${words.prior}</p>`;
  const origin = retrainings.find(({ _id }) => _id === latest.origin);
  return html`<div class="card">
    <dl class="facts">
      <dt>${words.version}</dt>
      <dd>${format.number(latest.version)}</dd>
      <dt>${words.since}</dt>
      <dd>${format.date(latest.at)}</dd>
      <dt>${words.origin}</dt>
      <dd>${origin ? `${words.last.toLowerCase()}, ${format.date(origin.at)}` : words.fromOutcomes}</dd>
      <dt>${words.outcomes}</dt>
      <dd>${format.number(Math.round(latest.state.weight))}</dd>
      <dt>${words.features}</dt>
      <dd>${format.number(latest.state.features.length)}</dd>
    </dl>
  </div>`;
}

const tones: Readonly<Record<RetrainingStatus, '' | 'good' | 'warn' | 'bad'>> = {
  'in-force': 'good',
  candidate: '',
  rejected: 'warn',
  superseded: '',
  'rolled-back': 'bad',
};
const statusChip = (words: ModelWords, status: RetrainingStatus): Html =>
  html`<span class="chip ${tones[status]}">${words.statuses[status]}</span>`;

const reasonOf = (words: ModelWords, reason: string): string => words.reasons[reason] ?? reason;

function lastCard(desk: Desk, words: ModelWords, retraining: RetrainingDocument): Html {
  const { format } = desk;
  const { at, status, reason, lessons, evaluation } = retraining;
  return html`<div class="card">
    <p class="verdict">${statusChip(words, status)} <b>${reasonOf(words, reason)}</b></p>
    <p class="soft">
      ${format.date(at)} · ${words.learned(format.number(lessons.learned), format.number(lessons.heldOut))}
    </p>
    ${evaluation && valueTable(desk, words, evaluation)}
  </div>`;
}

function valueTable(desk: Desk, words: ModelWords, evaluation: PolicyEvaluation): Html {
  const { logged, candidate, incumbent, difference, n, verdict } = evaluation;
  const rows = [
    [words.logged, logged],
    [words.incumbent, incumbent.dr],
    [words.candidate, candidate.dr],
    [`${words.difference}: ${words.verdicts[verdict]}`, difference],
  ] as const;
  return html`<div class="table" tabindex="0" role="region" aria-label="${words.value}">
    <table>
      <caption>
        ${words.value}: ${words.perDecision}, ${words.judgedBy.toLowerCase()}: ${desk.format.number(n)}
      </caption>
      <thead>
        <tr>
          <th scope="col"></th>
          <th scope="col" class="right">${words.value} (${words.interval})</th>
        </tr>
      </thead>
      <tbody>
        ${rows.map(
          ([name, valued]) =>
            html`<tr>
              <th scope="row" class="wide">${name}</th>
              <td class="right">
                ${money(desk, valued.value)}
                <div class="soft small">${interval(desk, valued)}</div>
              </td>
            </tr>`,
        )}
      </tbody>
    </table>
  </div>`;
}

const money = ({ format, configuration }: Desk, amount: number): string =>
  format.money({ amount, currency: configuration.business.currency });
const interval = (desk: Desk, { low, high }: Valued): string => `${money(desk, low)} – ${money(desk, high)}`;

function versionTable(desk: Desk, words: ModelWords, retrainings: readonly RetrainingDocument[]): Html {
  const { format } = desk;
  const rows = retrainings.map(
    ({ at, status, reason, evaluation, promoted, watched }) =>
      html`<tr>
        <th scope="row">${format.date(at)}</th>
        <td>${statusChip(words, status)}</td>
        <td class="right">${promoted && format.number(promoted.version)}</td>
        <td class="right">
          ${
            evaluation &&
            html`${money(desk, evaluation.candidate.dr.value)}
              <div class="soft small">${interval(desk, evaluation.candidate.dr)}</div>`
          }
        </td>
        <td class="right">
          ${
            evaluation &&
            html`${money(desk, evaluation.difference.value)}
              <div class="soft small">${interval(desk, evaluation.difference)}</div>`
          }
        </td>
        <td class="right">${evaluation && format.number(evaluation.n)}</td>
        <td class="wide reason">
          ${reasonOf(words, reason)}
          ${watched && html`<div class="soft small">${words.watched}: ${words.verdicts[watched.evaluation.verdict]} (${interval(desk, watched.evaluation.difference)})</div>`}
        </td>
      </tr>`,
  );
  return html`<h2>${words.all}</h2>
    <div class="table" tabindex="0" role="region" aria-label="${words.all}">
      <table>
        <thead>
          <tr>
            <th scope="col">${words.night}</th>
            <th scope="col">${words.state}</th>
            <th scope="col" class="right">${words.version}</th>
            <th scope="col" class="right">${words.value}</th>
            <th scope="col" class="right">${words.difference}</th>
            <th scope="col" class="right">${words.judgedBy}</th>
            <th scope="col">${words.why}</th>
          </tr>
        </thead>
        <tbody>
          ${rows}
        </tbody>
      </table>
    </div>`;
}

/** From here on a population stability index tells of some change, and of much. */
const [some, much] = [0.1, 0.25];

function driftPart(
  { format, locale }: Desk,
  words: ModelWords,
  { drift, space }: { readonly drift: DriftReport | null; readonly space: ModelsView['space'] },
): Html {
  if (!drift)
    return html`<section>
      <h2>${words.drift}</h2>
      <p class="soft">${words.noDrift}</p>
    </section>`;
  const { decisions, features, reward } = drift;
  const named = features.map(({ name, index }) => {
    const column = space.names.indexOf(name);
    return [column < 0 ? name : space.label(column, locale), index] as const;
  });
  const shares = `${words.reward}: ${format.share(reward.before)} → ${format.share(reward.now)}`;
  const rows = [[shares, reward.index] as const, ...named].map(([name, index]) => {
    const [tone, level] =
      index >= much
        ? (['bad', words.levels.much] as const)
        : index >= some
          ? (['warn', words.levels.some] as const)
          : (['good', words.levels.steady] as const);
    return html`<tr>
      <th scope="row" class="wide">${name}</th>
      <td class="meter">${bar(Math.min(index / (2 * much), 1))}</td>
      <td class="right">${format.number(Math.round(index * 1_000) / 1_000)}</td>
      <td><span class="chip ${tone}">${level}</span></td>
    </tr>`;
  });
  return html`<section>
    <h2>${words.drift}</h2>
    <p class="soft">${words.driftIntro(format.number(decisions.now), format.number(decisions.before))}</p>
    <div class="table" tabindex="0" role="region" aria-label="${words.drift}">
      <table>
        <thead>
          <tr>
            <th scope="col">${words.feature}</th>
            <td class="meter"></td>
            <th scope="col" class="right">${words.index}</th>
            <th scope="col">${words.state}</th>
          </tr>
        </thead>
        <tbody>
          ${rows}
        </tbody>
      </table>
    </div>
  </section>`;
}

function calibrationPart({ format }: Desk, words: ModelWords, calibration: CalibrationReport | null): Html {
  if (!calibration) {
    return html`<section>
      <h2>${words.calibration}</h2>
      <p class="soft">${words.noCalibration}</p>
    </section>`;
  }
  const { n, ratio, error, bins } = calibration;
  const rounded = Math.round(ratio * 100) / 100;
  return html`<section>
    <h2>${words.calibration}</h2>
    <p class="soft">
      ${words.calibrationIntro(format.number(n), format.number(rounded), format.share(error))}
    </p>
    <div class="card">
      ${calibrationChart(bins, { label: words.chart, x: words.predicted, y: words.observed, share: format.share })}
    </div>
    <div class="table" tabindex="0" role="region" aria-label="${words.calibration}">
      <table>
        <thead>
          <tr>
            <th scope="col" class="right">${words.predicted}</th>
            <th scope="col" class="right">${words.observed}</th>
            <th scope="col" class="right">${words.interval}</th>
            <th scope="col" class="right">${words.decisions}</th>
          </tr>
        </thead>
        <tbody>
          ${bins.map(
            (each) =>
              html`<tr>
                <td class="right">${format.share(each.predicted)}</td>
                <td class="right">${format.share(each.observed)}</td>
                <td class="right soft">${format.share(each.low)} – ${format.share(each.high)}</td>
                <td class="right">${format.number(each.n)}</td>
              </tr>`,
          )}
        </tbody>
      </table>
    </div>
  </section>`;
}

function factorsPart({ format }: Desk, words: ModelWords, factors: FactorsReport): Html {
  const { interactions, customers, offers, outcome, ranks } = factors;
  return html`<h2>${words.factors}</h2>
    <div class="card">
      <p class="verdict">
        <span class="chip ${outcome === 'in-force' ? 'good' : ''}"
          >${words.statuses[outcome === 'in-force' ? 'in-force' : 'rejected']}</span
        >
        <b>${words.factorsOutcome[outcome]}</b>
      </p>
      <p class="soft">
        ${words.factorsOf(format.number(interactions), format.number(customers), format.number(offers))}
        ${ranks && words.ranks(format.share(ranks.leaning.value), format.share(ranks.popularity.value))}
      </p>
    </div>`;
}
