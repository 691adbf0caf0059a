import type { SurveyKind } from '../../domain/surveys';
import type { Random } from '../../scoring';

/** How many of a hundred people give a score: those of a good workshop, by the highest score first. */
const shares: Readonly<Record<SurveyKind, readonly (readonly [score: number, share: number])[]>> = {
  nps: [
    [10, 31],
    [9, 22],
    [8, 17],
    [7, 11],
    [6, 6],
    [5, 5],
    [3, 4],
    [1, 2],
    [0, 2],
  ],
  csat: [
    [5, 48],
    [4, 28],
    [3, 11],
    [2, 8],
    [1, 5],
  ],
};

/** The score that somebody gives when they are asked. */
export function opinion(survey: SurveyKind, random: Random): number {
  let left = 100 * random.uniform();
  for (const [score, share] of shares[survey]) {
    left -= share;
    if (left < 0) return score;
  }
  return shares[survey][0]?.[0] ?? 0;
}
