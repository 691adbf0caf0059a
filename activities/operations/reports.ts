import { calibrationOf, stabilityIndex } from '../../scoring';
import type { DecisionDocument } from '../../store/decisions';
import type { HeldOutcome } from '../../store/outcomes';
import type { CalibrationReport, DriftReport } from '../../store/retrainings';

/** An outcome that the model holds, with the decision it came from. */
export interface DecidedLesson {
  readonly outcome: HeldOutcome;
  readonly decision: DecisionDocument;
  readonly shown: DecisionDocument['shown'][number];
}

/** Fewer on one side say nothing about what has moved. */
const fewest = 50;
/** Share of the decisions, the latest, that is compared with those before. */
const latest = 0.25;
const featuresTold = 10;

/** Compares what the latest quarter of decisions saw, and what came of it, with those before; null where there are few. */
export function driftOf(lessons: readonly DecidedLesson[]): DriftReport | null {
  const ordered = lessons.toSorted((a, b) => a.decision.at.getTime() - b.decision.at.getTime());
  const cut = Math.floor(ordered.length * (1 - latest));
  const [before, now] = [ordered.slice(0, cut), ordered.slice(cut)];
  if (now.length < fewest) return null;
  const names = new Set(ordered.flatMap(({ shown }) => shown.features.map(([name]) => name)));
  names.delete('intercept');
  const [then, today] = [before, now].map((some) => some.map(({ shown }) => new Map(shown.features)));
  const features = [...names]
    .map((name) => {
      const [old = [], fresh = []] = [then, today].map((maps) => maps?.map((map) => map.get(name) ?? 0));
      return { name, index: stabilityIndex(old, fresh) };
    })
    .sort((a, b) => b.index - a.index || (a.name < b.name ? -1 : 1));
  const [oldRewards, newRewards] = [before, now].map((some) => some.map(({ outcome }) => outcome.reward));
  return {
    decisions: { before: before.length, now: now.length },
    features: features.slice(0, featuresTold),
    reward: {
      before: mean(oldRewards ?? []),
      now: mean(newRewards ?? []),
      index: stabilityIndex(oldRewards ?? [], newRewards ?? []),
    },
  };
}

/** How the chances that were told when deciding came true, for decisions of whose every offer the fate is known. */
export function calibrationReport(lessons: readonly DecidedLesson[]): CalibrationReport | null {
  const known = lessons.filter(({ decision }) => decision.settlesAt === undefined);
  if (known.length === 0) return null;
  return calibrationOf(
    known.map(({ shown, outcome }) => ({ predicted: shown.propensity, happened: outcome.reward === 1 })),
  );
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
