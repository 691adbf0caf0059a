import { surveyKinds, surveyScales, type SurveyKind } from '../domain/surveys';
import { netPromoterScore, percentage, satisfaction, type SurveyMeasure } from '../scoring';
import type { SurveyScore } from '../store/events';
import type { SurveyCount } from '../store/messages';
import type { Store } from '../store/store';

/** What the answers to a survey come to. */
export interface SurveyAnswers {
  /** Null where nobody answered. */
  readonly measure: SurveyMeasure | null;
  /** How many gave each score. */
  readonly scores: ReadonlyMap<number, number>;
  /** Of the surveys sent, the share that was answered; answers that came from elsewhere do not count. Null: none was sent. */
  readonly response: SurveyMeasure | null;
  /** The same by the month of the answer, `YYYY-MM` in UTC, oldest first; months without an answer are left out. */
  readonly months: readonly { readonly month: string; readonly measure: SurveyMeasure }[];
}

/** What the answers to one survey of one journey come to. */
export interface SurveyResult extends SurveyAnswers {
  /** Null for answers that no journey asked for. */
  readonly journey: string | null;
  readonly survey: SurveyKind;
}

const measures = { nps: netPromoterScore, csat: satisfaction } as const;

/** What was answered and sent. */
interface Found {
  readonly answers: readonly SurveyScore[];
  readonly sent: readonly SurveyCount[];
}

const find = async (
  { events, messages }: Pick<Store, 'events' | 'messages'>,
  journey?: string,
): Promise<Found> => {
  const [answers, sent] = await Promise.all([events.surveyScores(journey), messages.surveysSent(journey)]);
  return { answers, sent };
};

/** Reads what the answers to each survey come to, of one journey or of all, in the order of their names. */
export async function surveyResults(
  store: Pick<Store, 'events' | 'messages'>,
  journey?: string,
): Promise<SurveyResult[]> {
  return resultsOf(await find(store, journey));
}

/** Reads the same together with what each survey comes to over all journeys. */
export async function allSurveyResults(store: Pick<Store, 'events' | 'messages'>): Promise<{
  readonly overall: Readonly<Record<SurveyKind, SurveyAnswers>>;
  readonly journeys: readonly SurveyResult[];
}> {
  const found = await find(store);
  return {
    overall: { nps: answersTo('nps', found), csat: answersTo('csat', found) },
    journeys: resultsOf(found),
  };
}

function resultsOf({ answers, sent }: Found): SurveyResult[] {
  const journeys = new Set([...answers.map(journeyOf), ...sent.map(journeyOf)]);
  const sorted = [...journeys].sort((a, b) => (a ?? '').localeCompare(b ?? ''));
  return sorted.flatMap((journey) =>
    surveyKinds.flatMap((survey) => {
      const isTheirs = (each: SurveyScore | SurveyCount) => journeyOf(each) === journey;
      const theirs = answersTo(survey, { answers: answers.filter(isTheirs), sent: sent.filter(isTheirs) });
      return theirs.measure || theirs.response ? [{ journey, survey, ...theirs }] : [];
    }),
  );
}

function answersTo(survey: SurveyKind, { answers, sent }: Found): SurveyAnswers {
  const { lowest, highest } = surveyScales[survey];
  const valid = answers.filter(
    (each) =>
      each.survey === survey &&
      Number.isInteger(each.score) &&
      Number(each.score) >= lowest &&
      Number(each.score) <= highest,
  );
  const count = sum(sent.filter((each) => each.survey === survey));
  const answered = sum(valid.filter(({ asked }) => asked));
  const scores = scoresOf(valid);
  return {
    measure: measures[survey](scores),
    scores,
    response: percentage(Math.min(answered, count), count),
    months: [...new Set(valid.map(({ month }) => month))].sort().flatMap((month) => {
      const measure = measures[survey](scoresOf(valid.filter((each) => each.month === month)));
      return measure ? [{ month, measure }] : [];
    }),
  };
}

function scoresOf(answers: readonly SurveyScore[]): Map<number, number> {
  const scores = new Map<number, number>();
  for (const { score, count } of answers) scores.set(Number(score), (scores.get(Number(score)) ?? 0) + count);
  return scores;
}

const sum = (counts: readonly { readonly count: number }[]): number =>
  counts.reduce((total, { count }) => total + count, 0);

const journeyOf = ({ journey }: { readonly journey?: unknown }): string | null =>
  typeof journey === 'string' ? journey : null;
