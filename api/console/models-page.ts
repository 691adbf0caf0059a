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
import { bar, table } from './parts';

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
  return table({
    label: words.value,
    caption: `${words.value}: ${words.perDecision}, ${words.judgedBy.toLowerCase()}: ${desk.format.number(n)}`,
    columns: [
      ['', 'wide'],
      [`${words.value} (${words.interval})`, 'right'],
    ],
    rows: rows.map(([name, valued]) => [name, valuedCell(desk, valued)]),
  });
}

const money = ({ format, configuration }: Desk, amount: number): string =>
  format.money({ amount, currency: configuration.business.currency });
const valuedCell = (desk: Desk, valued: Valued): Html =>
  html`${money(desk, valued.value)}
    <div class="soft small">${interval(desk, valued)}</div>`;
const interval = (desk: Desk, { low, high }: Valued): string => `${money(desk, low)} – ${money(desk, high)}`;

function versionTable(desk: Desk, words: ModelWords, retrainings: readonly RetrainingDocument[]): Html {
  const { format } = desk;
  return html`<h2>${words.all}</h2>
    ${table({
      label: words.all,
      columns: [
        words.night,
        words.state,
        [words.version, 'right'],
        [words.value, 'right'],
        [words.difference, 'right'],
        [words.judgedBy, 'right'],
        [words.why, 'wide reason'],
      ],
      rows: retrainings.map(({ at, status, reason, evaluation, promoted, watched }) => [
        format.date(at),
        statusChip(words, status),
        promoted && format.number(promoted.version),
        evaluation && valuedCell(desk, evaluation.candidate.dr),
        evaluation && valuedCell(desk, evaluation.difference),
        evaluation && format.number(evaluation.n),
        html`${reasonOf(words, reason)}
        ${watched && html`<div class="soft small">${words.watched}: ${words.verdicts[watched.evaluation.verdict]} (${interval(desk, watched.evaluation.difference)})</div>`}`,
      ]),
    })}`;
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
    return [
      name,
      bar(Math.min(index / (2 * much), 1)),
      format.number(Math.round(index * 1_000) / 1_000),
      html`<span class="chip ${tone}">${level}</span>`,
    ];
  });
  return html`<section>
    <h2>${words.drift}</h2>
    <p class="soft">${words.driftIntro(format.number(decisions.now), format.number(decisions.before))}</p>
    ${table({
      label: words.drift,
      columns: [[words.feature, 'wide'], ['', 'meter'], [words.index, 'right'], words.state],
      rows,
    })}
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
    ${table({
      label: words.calibration,
      columns: [
        [words.predicted, 'right'],
        [words.observed, 'right'],
        [words.interval, 'right soft'],
        [words.decisions, 'right'],
      ],
      rows: bins.map((each) => [
        format.share(each.predicted),
        format.share(each.observed),
        `${format.share(each.low)} – ${format.share(each.high)}`,
        format.number(each.n),
      ]),
    })}
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
