import type { PolicyEvaluation, RetrainingDocument } from '../store/retrainings';

/** What the judging of a candidate came to. */
export const evaluation = (change: Partial<PolicyEvaluation> = {}): PolicyEvaluation => ({
  n: 1_240,
  logged: { value: 4_120, low: 3_700, high: 4_540 },
  candidate: {
    dr: { value: 4_610, low: 4_150, high: 5_070 },
    snips: { value: 4_580, low: 4_000, high: 5_160 },
  },
  incumbent: {
    dr: { value: 4_230, low: 3_800, high: 4_660 },
    snips: { value: 4_200, low: 3_690, high: 4_710 },
  },
  difference: { value: 380, low: 90, high: 670 },
  margin: 206,
  verdict: 'better',
  gaps: [],
  ...change,
});

/** A night of March 2026 after which nothing changed. */
export const night = (day: number, change: Partial<RetrainingDocument>): RetrainingDocument => ({
  _id: `2026-03-${String(day)}T06:00:00.000Z`,
  at: new Date(Date.UTC(2026, 2, day, 6)),
  status: 'rejected',
  reason: 'undecided',
  base: 40,
  lessons: { learned: 11_800, heldOut: 1_240 },
  evaluation: evaluation(),
  drift: null,
  calibration: null,
  ...change,
});

const calibration = {
  ...{ n: 13_040, error: 0.011, brier: 0.06, logLoss: 0.2, ratio: 0.96 },
  bins: Array.from({ length: 10 }, (_, n) => ({
    n: 1_304,
    predicted: 0.01 + n * 0.018,
    observed: 0.012 + n * 0.017,
    low: 0.005 + n * 0.0155,
    high: 0.02 + n * 0.0185,
  })),
};

/** A night with a new model, and everything that is looked at. */
export const eventfulNight = night(11, {
  status: 'in-force',
  reason: 'no-worse',
  promoted: { version: 41, replaced: 40, at: new Date(Date.UTC(2026, 2, 11, 6)) },
  drift: {
    decisions: { before: 9_780, now: 3_260 },
    reward: { before: 0.084, now: 0.079, index: 0.004 },
    features: [
      { name: 'context.weekday=saturday', index: 0.31 },
      { name: 'pair.affinity', index: 0.14 },
      { name: 'customer.orders', index: 0.02 },
    ],
  },
  calibration,
  factors: {
    ...{ customers: 4_210, offers: 48, interactions: 15_320, outcome: 'in-force' },
    ranks: {
      n: 3_000,
      affinity: { value: 0.21, low: 0.2, high: 0.22 },
      leaning: { value: 0.24, low: 0.23, high: 0.25 },
      popularity: { value: 0.33, low: 0.32, high: 0.34 },
    },
  },
});
