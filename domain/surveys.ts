/**
 * What a survey asks: `nps`, how likely somebody is to recommend the business (0 to 10; Reichheld 2003), or `csat`, how
 * satisfied they are (1 to 5).
 */
export const surveyKinds = ['nps', 'csat'] as const;
export type SurveyKind = (typeof surveyKinds)[number];

/** The lowest and the highest score that each survey takes; all scores are whole. */
export const surveyScales: Readonly<
  Record<SurveyKind, { readonly lowest: number; readonly highest: number }>
> = {
  nps: { lowest: 0, highest: 10 },
  csat: { lowest: 1, highest: 5 },
};

/** The e-mail that asks it. */
export const surveyTemplates = {
  nps: 'survey-nps',
  csat: 'survey-csat',
} as const satisfies Readonly<Record<SurveyKind, string>>;

/** The survey that an e-mail template asks; undefined where it asks none. */
export const surveyIn = (template: string): SurveyKind | undefined =>
  surveyKinds.find((kind) => surveyTemplates[kind] === template);

/** Every score of a survey, lowest first. */
export function scoresOf(kind: SurveyKind): number[] {
  const { lowest, highest } = surveyScales[kind];
  return Array.from({ length: highest - lowest + 1 }, (_, i) => lowest + i);
}
