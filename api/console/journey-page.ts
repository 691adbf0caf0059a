import type { EnrolmentDocument } from '../../store/enrolments';
import type { EventPattern } from '../../domain/events';
import type { Journey } from '../../workflows/engine/journey';
import type { JourneyFigures } from '../journey-figures';
import type { Lift } from '../journey-results';
import type { SurveyResult } from '../survey-measures';
import { html, type Html } from '../pages/html';
import { workflowUrl, type Desk } from './layout';
import { resultWords } from './result-words';
import { bar, customerLink, linkTo } from './parts';

/** What a journey's own page shows. */
export interface JourneyView {
  readonly journey: Journey;
  readonly figures: JourneyFigures;
  /** Against the control group; null where there is nothing to compare with yet. */
  readonly lift: Lift;
  /** What customers answered to its surveys. */
  readonly surveys: readonly SurveyResult[];
  readonly passed: readonly { readonly step: string; readonly count: number }[];
  readonly runs: readonly EnrolmentDocument[];
  readonly step?: string;
  /** Where the next page of runs begins. */
  readonly next?: string;
}

export function journeyPage(desk: Desk, view: JourneyView): Html {
  const { journey, figures, lift } = view;
  const { words, format } = desk;
  const { control } = figures;
  const rules = [
    [words.entry, names(journey.entry)],
    [words.goal, names(journey.goal)],
    [words.exit, names(journey.exit)],
  ] as const;
  return html`<h1>${journey.name}</h1>
    <div class="card">
      <dl class="facts">
        ${rules.map(
          ([name, value]) =>
            value !== '' &&
            html`<dt>${name}</dt>
              <dd><code>${value}</code></dd>`,
        )}
        <dt>${words.holdout}</dt>
        <dd>
          ${journey.holdout}% · ${format.number(control.runs)}
          <div class="soft small">
            ${lift ? words.lift(format.points(lift.difference), format.points(lift.low), format.points(lift.high)) : words.noLift}
          </div>
          <a class="small" href="/console/journeys/${journey.name}/results"
            >${resultWords[desk.locale].title}</a
          >
        </dd>
        ${view.surveys.map((each) => surveyFact(desk, each))}
      </dl>
    </div>
    ${funnel(desk, view)}
    <h2>
      ${words.whoIsWhere}${view.step !== undefined && html`: <code>${view.step}</code> <a class="small" href="/console/journeys/${journey.name}">${words.all}</a>`}
    </h2>
    ${view.runs.length === 0 ? html`<p class="soft">${words.noRuns}</p>` : runTable(desk, view)}`;
}

/** The measure of a survey with its interval: a signed score for `nps`, a share for `csat`. */
function surveyFact({ words, format }: Desk, { survey, value, low, high, n }: SurveyResult): Html {
  const shown = (hundredths: number) =>
    survey === 'nps' ? format.points(hundredths / 100) : format.share(hundredths / 100);
  return html`<dt>${words.surveys[survey]}</dt>
    <dd>
      ${shown(value)}
      <div class="soft small">${words.answers(format.number(n), shown(low), shown(high))}</div>
    </dd>`;
}

const names = (patterns: readonly EventPattern[]): string =>
  patterns.map(({ event, where }) => (where ? `${event} ${JSON.stringify(where)}` : event)).join(', ');

function funnel({ words, format }: Desk, { figures, passed }: JourneyView): Html {
  const { waiting } = figures;
  const rest = Object.keys(waiting).filter((step) => !passed.some((each) => each.step === step));
  const steps = [...passed, ...rest.map((step) => ({ step, count: 0 }))];
  const most = Math.max(1, ...steps.map(({ step, count }) => count + (waiting[step] ?? 0)));
  const rows = steps.map(({ step, count }) => {
    const here = waiting[step] ?? 0;
    return html`<tr>
      <td>${here > 0 ? html`<a href="?step=${encodeURIComponent(step)}">${step}</a>` : step}</td>
      <td>${bar((count + here) / most)}</td>
      <td class="right">${here > 0 && html`<b>${format.number(here)}</b>`}</td>
      <td class="right soft">${format.number(count)}</td>
    </tr>`;
  });
  return rows.length === 0
    ? html``
    : html`<h2>${words.funnel}</h2>
        <div class="table">
          <table>
            <thead>
              <tr>
                <th>${words.step}</th>
                <th></th>
                <th class="right">${words.waiting}</th>
                <th class="right">${words.passed}</th>
              </tr>
            </thead>
            <tbody>
              ${rows}
            </tbody>
          </table>
        </div>
        <p class="chips">
          ${Object.entries(words.outcomes).map(([outcome, name]) => html`<span class="chip ${outcome === 'converted' && 'good'}">${format.number(figures.outcomes[outcome] ?? 0)} ${name}</span>`)}
          <span class="chip">${format.number(figures.open)} ${words.open}</span>
        </p>`;
}

function runTable(desk: Desk, { journey, runs, step, next }: JourneyView): Html {
  const { words, format } = desk;
  const rows = runs.map(
    (run) =>
      html`<tr>
        <td>${customerLink(run.customerId)} ${run.key !== undefined && html`<code>${run.key}</code>`}</td>
        <td>${run.step ?? (run.outcome === undefined ? words.starting : words.outcomes[run.outcome])}</td>
        <td class="soft">${format.ago(run.stepSince ?? run.endedAt ?? run.startedAt)}</td>
        <td class="soft">${run.waitsUntil && format.ago(run.waitsUntil)}</td>
        <td class="soft">
          ${run.open && (run.waitsFor?.map(({ event }) => event).join(', ') || words.time)}
        </td>
        <td>${run.holdout && html`<span class="chip">${words.holdout}</span>`}</td>
        <td>${linkTo(workflowUrl(desk, run.workflowId), words.temporal)}</td>
      </tr>`,
  );
  const query = new URLSearchParams({
    ...(step !== undefined && { step }),
    ...(next !== undefined && { after: next }),
  });
  return html`<div class="table">
      <table>
        <thead>
          <tr>
            <th>${words.customer}</th>
            <th>${words.step}</th>
            <th>${words.since}</th>
            <th>${words.until}</th>
            <th>${words.waitsFor}</th>
            <th></th>
            <th></th>
          </tr>
        </thead>
        <tbody>
          ${rows}
        </tbody>
      </table>
    </div>
    ${next !== undefined && html`<p><a href="/console/journeys/${journey.name}?${query.toString()}">${words.next}</a></p>`}`;
}
