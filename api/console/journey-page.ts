import type { EnrolmentDocument } from '../../store/enrolments';
import { outcomes } from '../../domain/enrolment';
import type { EventPattern } from '../../domain/events';
import type { Journey } from '../../workflows/engine/journey';
import type { JourneyFigures } from '../journey-figures';
import type { Lift } from '../journey-results';
import type { SurveyResult } from '../survey-measures';
import { html, type Html } from '../pages/html';
import { workflowUrl, type Desk } from './layout';
import { measureWords } from './measure-words';
import { answered, measured } from './measures-page';
import { resultWords } from './result-words';
import { bar, customerLink, linkTo, outcomeChip, pauseForm, question, table } from './parts';

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
  readonly paused: boolean;
  /** Whether it is asked if the journey is to be paused. */
  readonly asks: boolean;
  readonly step?: string;
  /** Whether the runs shown are those that are over, in place of those that are open. */
  readonly over: boolean;
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
  return html`<h1>${journey.name} ${view.paused && html`<span class="chip warn">${words.paused}</span>`}</h1>
    ${
      view.asks && !view.paused
        ? question({
            ask: words.askPause(journey.name, format.number(figures.open)),
            action: `/console/journeys/${journey.name}/pause`,
            act: words.confirmPause,
            keep: words.keep,
            back: `/console/journeys/${journey.name}`,
          })
        : html`<div class="row">
            ${pauseForm(desk, journey.name, view.paused)}
            <a href="/console/journeys/${journey.name}/results">${resultWords[desk.locale].title}</a>
          </div>`
    }
    <div class="card spaced">
      <dl class="facts">
        ${rules.map(
          ([name, value]) =>
            value !== '' &&
            html`<dt>${name}</dt>
              <dd><code>${value}</code></dd>`,
        )}
        <dt>${words.holdout}</dt>
        <dd>
          ${
            journey.holdout === 0 && control.runs === 0
              ? words.noHoldout
              : html`${journey.holdout}% · ${format.number(control.runs)}
                  <div class="soft small">
                    ${lift ? words.lift(format.points(lift.difference), format.points(lift.low), format.points(lift.high)) : words.noLift}
                  </div>`
          }
        </dd>
        ${view.surveys.map((each) => surveyFact(desk, each))}
      </dl>
    </div>
    ${funnel(desk, view)}
    <h2>
      ${view.over ? words.whoIsOut : words.whoIsWhere}${view.step !== undefined && html`: <code>${view.step}</code>`}
      ${others(desk, view)}
    </h2>
    ${view.runs.length === 0 ? html`<p class="soft">${view.over ? words.nobodyOut : words.nobodyInside}</p>` : runTable(desk, view)}`;
}

/** The way to the runs that are not shown. */
function others({ words }: Desk, { journey, step, over }: JourneyView): Html {
  const path = `/console/journeys/${journey.name}`;
  const [query, name] =
    step !== undefined ? ['', words.all] : over ? ['', words.whoIsWhere] : ['?over=yes', words.whoIsOut];
  return html`<a class="small" href="${path}${query}">${name}</a>`;
}

/** The measure of a survey with its interval, and how many answered. */
function surveyFact(desk: Desk, { survey, measure, response }: SurveyResult): Html {
  return html`<dt>${desk.words.surveys[survey]}</dt>
    <dd>
      ${measured(desk, survey, measure)}
      <div class="soft small">${measureWords[desk.locale].response}: ${answered(desk, response)}</div>
    </dd>`;
}

const names = (patterns: readonly EventPattern[]): string =>
  patterns.map(({ event, where }) => (where ? `${event} ${JSON.stringify(where)}` : event)).join(', ');

function funnel(desk: Desk, { figures, passed }: JourneyView): Html {
  const { words, format } = desk;
  const { waiting } = figures;
  const rest = Object.keys(waiting).filter((step) => !passed.some((each) => each.step === step));
  const steps = [...passed, ...rest.map((step) => ({ step, count: 0 }))];
  const most = Math.max(1, ...steps.map(({ step, count }) => count + (waiting[step] ?? 0)));
  return steps.length === 0
    ? html``
    : html`<h2>${words.funnel}</h2>
        ${table({
          label: words.funnel,
          columns: [
            [words.step, 'wide'],
            ['', 'meter'],
            [words.waiting, 'right'],
            [words.passed, 'right soft'],
          ],
          rows: steps.map(({ step, count }) => {
            const here = waiting[step] ?? 0;
            return [
              here > 0 ? html`<a href="?step=${encodeURIComponent(step)}">${step}</a>` : step,
              bar((count + here) / most),
              here > 0 && html`<b>${format.number(here)}</b>`,
              format.number(count),
            ];
          }),
        })}
        <p class="chips">
          ${outcomes.map((outcome) => outcomeChip(desk, outcome, figures.outcomes[outcome] ?? 0))}
          <span class="chip">${format.number(figures.open)} ${words.open}</span>
        </p>`;
}

function runTable(desk: Desk, { journey, runs, step, over, next }: JourneyView): Html {
  const { words, format } = desk;
  const waits = ({ open, waitsFor }: EnrolmentDocument) =>
    open && (waitsFor?.map(({ event }) => event).join(', ') || words.time);
  const rows = runs.map((run) => [
    html`${customerLink(run.customerId)} ${run.key !== undefined && html`<code>${run.key}</code>`}
    ${run.holdout && html`<span class="chip">${words.holdout}</span>`}`,
    run.step ?? (run.outcome === undefined ? words.starting : words.ended[run.outcome]),
    format.ago(run.stepSince ?? run.endedAt ?? run.startedAt),
    ...(over ? [] : [run.waitsUntil && format.ago(run.waitsUntil), waits(run)]),
    linkTo(workflowUrl(desk, run.workflowId), words.temporal),
  ]);
  const query = new URLSearchParams({
    ...(step !== undefined && { step }),
    ...(over && { over: 'yes' }),
    ...(next !== undefined && { after: next }),
  });
  return html`${table({
    label: over ? words.whoIsOut : words.whoIsWhere,
    columns: [
      words.customer,
      words.step,
      [words.since, 'soft'],
      ...(over
        ? []
        : ([
            [words.until, 'soft'],
            [words.waitsFor, 'soft'],
          ] as const)),
      '',
    ],
    rows,
  })}
  ${next !== undefined && html`<p><a href="/console/journeys/${journey.name}?${query.toString()}">${words.next}</a></p>`}`;
}
