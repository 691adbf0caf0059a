import { surveyKinds, surveyScales, type SurveyKind } from '../domain/surveys';
import { netPromoterScore, satisfaction, type SurveyMeasure } from '../scoring';
import type { SurveyScore } from '../store/events';
import type { Store } from '../store/store';

/** What the answers to one survey of one journey come to. */
export interface SurveyResult extends SurveyMeasure {
  /** Null for answers that no journey asked for. */
  readonly journey: string | null;
  readonly survey: SurveyKind;
  /** How many gave each score. */
  readonly scores: ReadonlyMap<number, number>;
}

const measures = { nps: netPromoterScore, csat: satisfaction } as const;

/** Reads what the answers to each survey come to, of one journey or of all, in the order of their names. */
export async function surveyResults(
  { events }: Pick<Store, 'events'>,
  journey?: string,
): Promise<SurveyResult[]> {
  const found = await events.surveyScores(journey);
  const journeys = [...new Set(found.map(journeyOf))].sort((a, b) => (a ?? '').localeCompare(b ?? ''));
  return journeys.flatMap((name) =>
    surveyKinds.flatMap((survey) => {
      const { lowest, highest } = surveyScales[survey];
      const theirs = found.filter((each) => journeyOf(each) === name && each.survey === survey);
      const scores = new Map<number, number>();
      for (const { score, count } of theirs) {
        if (Number.isInteger(score) && Number(score) >= lowest && Number(score) <= highest)
          scores.set(Number(score), count);
      }
      const measure = measures[survey](scores);
      return measure ? [{ journey: name, survey, scores, ...measure }] : [];
    }),
  );
}

const journeyOf = ({ journey }: SurveyScore): string | null => (typeof journey === 'string' ? journey : null);
