import {
  createBandit,
  estimateCandidates,
  updateBandit,
  type BanditState,
  type Outcome,
} from '../../scoring';

/** What a model starts from before its first outcome. */
export interface Recipe {
  /** Share of showings that is accepted. */
  readonly expected: number;
  /** How much customers are supposed to differ, over how much offers do. */
  readonly tilt: number;
}

/** What is believed of the share accepted before any outcome, and the showings that this is worth. */
const outset = { share: 0.05, showings: 50 } as const;
const tilts = [0.1, 0.3, 1] as const;
/** Outcomes that are predicted before they are learned from, all at once. */
const block = 200;

/**
 * Learns from outcomes anew. The share accepted is taken from them, the tilt is the one under which each block of outcomes
 * was predicted best before it was learned from (prequential, Dawid 1984), in squared error.
 *
 * @param columns names and per-offer columns, in the order that the model is to have
 */
export function learnAnew(
  columns: Pick<BanditState, 'features' | 'perOffer'>,
  outcomes: readonly Outcome[],
): { state: BanditState; recipe: Recipe } {
  const weight = outcomes.reduce((sum, outcome) => sum + (outcome.weight ?? 1), 0);
  const accepted = outcomes.reduce((sum, { reward, weight: each = 1 }) => sum + each * reward, 0);
  const share = (accepted + outset.share * outset.showings) / (weight + outset.showings);
  const expected = Math.min(Math.max(share, 0.005), 0.95);
  const tried = tilts.map((tilt) => {
    let state = createBandit({
      policy: 'lints',
      features: { names: columns.features, perOffer: columns.perOffer },
      expected,
      tilt,
    });
    let error = 0;
    for (let at = 0; at < outcomes.length; at += block) {
      const some = outcomes.slice(at, at + block);
      estimateCandidates(state, some).forEach(({ mean }, index) => {
        const { reward = 0, weight: each = 1 } = some[index] ?? {};
        error += each * (mean - reward) ** 2;
      });
      state = updateBandit(state, some);
    }
    return { state, error, recipe: { expected, tilt } };
  });
  const best = tried.reduce((least, one) => (one.error < least.error ? one : least));
  return best;
}
