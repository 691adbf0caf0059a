import { surveyKinds, type SurveyKind } from '../../domain/surveys';
import { percentage, type SurveyMeasure } from '../../scoring';
import type { CustomerMeasures } from '../../store/measures';
import { html, type Html } from '../pages/html';
import type { SurveyAnswers, SurveyResult } from '../survey-measures';
import type { Desk } from './layout';
import { measureWords } from './measure-words';
import { table } from './parts';

/** What the page of measures shows. */
export interface MeasuresView {
  /** Latest first. */
  readonly nights: readonly CustomerMeasures[];
  readonly overall: Readonly<Record<SurveyKind, SurveyAnswers>>;
  readonly journeys: readonly SurveyResult[];
}

/** Months that the page goes back. */
const months = 12;

/** How customers are doing and what they say: lifetime value, renewal, churn, and surveys; each with how many it rests on. */
export function measuresPage(desk: Desk, view: MeasuresView): Html {
  const words = measureWords[desk.locale];
  const [last] = view.nights;
  return html`<h1>${words.title}</h1>
    <p class="lead soft">${words.lead}</p>
    <h2>${words.customers}</h2>
    ${last ? customers(desk, last) : html`<p class="soft">${words.noMeasures}</p>`}
    ${view.nights.length > 1 && nightTable(desk, view.nights)}
    <h2>${words.surveys}</h2>
    <div class="cards">${surveyKinds.map((survey) => surveyCard(desk, survey, view.overall[survey]))}</div>
    ${view.journeys.length > 0 && journeyTable(desk, view.journeys)}
    ${surveyKinds.map((survey) => monthTable(desk, survey, view.overall[survey]))}`;
}

/** One figure: its name, the figure, how many it rests on or how sure it is, and what it means. */
interface Figure {
  readonly name: string;
  readonly shown: string;
  readonly of?: string;
  readonly means: string;
}

const figureCard = ({ name, shown, of, means }: Figure): Html =>
  html`<article class="card">
    <h3>${name}</h3>
    <p class="figure"><b>${shown}</b> ${of !== undefined && html`<span class="soft small">${of}</span>`}</p>
    <p class="soft small">${means}</p>
  </article>`;

function customers(desk: Desk, measures: CustomerMeasures): Html {
  const words = measureWords[desk.locale];
  const { format } = desk;
  const { buyers, returning, away, churned, spent, value, at } = measures;
  const of = words.of(format.number(buyers));
  const share = (count: number): Pick<Figure, 'shown' | 'of'> => {
    const part = percentage(count, buyers);
    if (!part) return { shown: '–', of };
    return { shown: format.share(part.value / 100), of: `${of}; ${range(desk, part, shareOf(desk))}` };
  };
  const figures: readonly Figure[] = [
    value === undefined
      ? { name: words.value, shown: '–', of, means: words.valueUnknown }
      : { name: words.value, shown: money(desk, value), of, means: words.valueMeans },
    { name: words.spent, shown: money(desk, spent), of, means: words.spentMeans },
    { name: words.returning, ...share(returning), means: words.returningMeans },
    { name: words.away, ...share(away), means: words.awayMeans(format.number(churned)) },
  ];
  return html`<p class="soft">${words.customersLead(format.number(measures.customers), format.date(at))}</p>
    <div class="cards">${figures.map(figureCard)}</div>`;
}

function nightTable(desk: Desk, measures: readonly CustomerMeasures[]): Html {
  const words = measureWords[desk.locale];
  const { format } = desk;
  const share = (count: number, buyers: number) => (buyers === 0 ? '–' : format.share(count / buyers));
  return html`<h3>${words.days}</h3>
    ${table({
      label: words.days,
      columns: [
        words.day,
        [words.buyers, 'right'],
        [words.value, 'right'],
        [words.spent, 'right'],
        [words.returning, 'right'],
        [words.away, 'right'],
      ],
      rows: measures.map(({ at, buyers, value, spent, returning, away }) => [
        format.date(at),
        format.number(buyers),
        value === undefined ? '–' : money(desk, value),
        money(desk, spent),
        share(returning, buyers),
        share(away, buyers),
      ]),
    })}`;
}

function surveyCard(desk: Desk, survey: SurveyKind, { measure, response }: SurveyAnswers): Html {
  const words = measureWords[desk.locale];
  return figureCard({
    name: desk.words.surveys[survey],
    shown: measure ? shownIn(desk, survey)(measure.value) : '–',
    of: measure
      ? `${words.answers}: ${desk.format.number(measure.n)}; ${range(desk, measure, shownIn(desk, survey))}`
      : words.noAnswers,
    means: `${words.means[survey]} ${words.response}: ${answered(desk, response)}.`,
  });
}

function journeyTable(desk: Desk, results: readonly SurveyResult[]): Html {
  const words = measureWords[desk.locale];
  return html`<h3>${words.byJourney}</h3>
    ${table({
      label: words.byJourney,
      plain: true,
      columns: [desk.words.journey, words.survey, [words.result, 'right'], [words.response, 'soft wide']],
      rows: results.map(({ journey, survey, measure, response }) => [
        journey === null ? words.unasked : html`<a href="/console/journeys/${journey}">${journey}</a>`,
        desk.words.surveys[survey],
        measured(desk, survey, measure),
        answered(desk, response),
      ]),
    })}`;
}

function monthTable(desk: Desk, survey: SurveyKind, answers: SurveyAnswers): Html | false {
  const words = measureWords[desk.locale];
  const name = `${desk.words.surveys[survey]}: ${words.byMonth.toLowerCase()}`;
  const shown = shownIn(desk, survey);
  return (
    answers.months.length > 0 &&
    html`<h3>${name}</h3>
      ${table({
        label: name,
        columns: [
          words.month,
          [words.result, 'right'],
          [words.range, 'right soft'],
          [words.answers, 'right'],
        ],
        rows: answers.months
          .slice(-months)
          .toReversed()
          .map(({ month, measure }) => [
            month,
            shown(measure.value),
            `${shown(measure.low)} – ${shown(measure.high)}`,
            desk.format.number(measure.n),
          ]),
      })}`
  );
}

/** What a survey came to, with its answers and its interval. */
export function measured(desk: Desk, survey: SurveyKind, measure: SurveyMeasure | null): Html {
  const words = measureWords[desk.locale];
  if (!measure) return html`<span class="soft">${words.noAnswers}</span>`;
  const shown = shownIn(desk, survey);
  return html`${shown(measure.value)}
    <div class="soft small">
      ${words.answers}: ${desk.format.number(measure.n)} (${range(desk, measure, shown)})
    </div>`;
}

/** How many of the surveys that were sent were answered. */
export function answered(desk: Desk, response: SurveyMeasure | null): string {
  const words = measureWords[desk.locale];
  if (!response) return words.noneSent;
  const shown = shareOf(desk);
  return words.responseOf(
    shown(response.value),
    desk.format.number(response.n),
    shown(response.low),
    shown(response.high),
  );
}

const range = ({ locale }: Desk, { low, high }: SurveyMeasure, shown: (hundredths: number) => string) =>
  measureWords[locale].sure(shown(low), shown(high));

const shareOf =
  ({ format }: Desk) =>
  (hundredths: number): string =>
    format.share(hundredths / 100);

/** A signed score for `nps`, a share for `csat`. */
const shownIn = (desk: Desk, survey: SurveyKind): ((hundredths: number) => string) =>
  survey === 'nps' ? (hundredths) => desk.format.points(hundredths / 100) : shareOf(desk);

const money = ({ format, configuration }: Desk, amount: number): string =>
  format.money({ amount, currency: configuration.business.currency });
