import {
  banditModel,
  banditPolicy,
  compareOffPolicy,
  evaluateOffPolicy,
  judge,
  seededRandom,
  type BanditState,
  type Estimate,
  type LoggedDecision,
  type OfferEncoder,
} from '../../scoring';
import { unpackAffinities, unpackFates, unpackFatigue, type DecisionDocument } from '../../store/decisions';
import type { CatalogueDocument } from '../../store/catalogues';
import type { PolicyEvaluation, Valued } from '../../store/retrainings';
import type { Store } from '../../store/store';
import { exploringShare } from '../decisions/choose';
import { affinityPairs } from '../decisions/affinity';
import { featureSpace, offerInput } from '../decisions/features';
import { inOrderOf } from '../decisions/model';

/** A decision whose first offer's fate is known. */
export interface KnownDecision {
  readonly decision: DecisionDocument;
  readonly reward: 0 | 1;
}

/** How much less earnings per decision, as a share of what was earned, still count as no worse. */
const tolerated = 0.05;
/** Offers, over all decisions, that one evaluation goes through; what it costs is proportional to them. */
const mostOffers = 200_000;

/**
 * Values two models on the same decisions, made by whichever policy made them, in earnings per decision: the first
 * offer's value where it was accepted. Neither model may have learned from these decisions. Decisions of which it is not
 * known any more among which offers they were made are skipped and counted. Null where fewer than two are left.
 *
 * @throws RangeError where the models differ in their columns
 */
export async function valueOnDecisions(
  { catalogues }: Pick<Store, 'catalogues'>,
  known: readonly KnownDecision[],
  { candidate, incumbent, seed }: { candidate: BanditState; incumbent: BanditState; seed: string },
): Promise<{ readonly evaluation: PolicyEvaluation | null; readonly skipped: number }> {
  if (candidate.features.join() !== incumbent.features.join()) {
    throw new RangeError('Models are compared on the same columns.');
  }
  const candidatesOf = candidateReader(incumbent);
  const stood = new Map<string, CatalogueDocument | null>();
  const log: LoggedDecision[] = [];
  let offers = 0;
  let skipped = 0;
  for (const { decision, reward } of known) {
    const { field } = decision;
    const id = field.catalogue;
    if (!stood.has(id)) stood.set(id, await catalogues.find(id));
    const catalogue = stood.get(id);
    const [chosen] = decision.shown;
    if (!catalogue || !chosen) {
      skipped++;
      continue;
    }
    if ((offers += field.open) > mostOffers) break;
    log.push({
      candidates: candidatesOf(decision, catalogue),
      chosen: chosen.offerId,
      propensity: Math.min(chosen.probability, 1),
      reward: reward * chosen.value,
    });
  }
  if (log.length < 2) return { evaluation: null, skipped };

  const expect = banditModel(incumbent);
  const earnings = (candidates: LoggedDecision['candidates']) => {
    const means = expect(candidates);
    return candidates.map((each, index) => clamp(means[index] ?? 0) * valueOf(each));
  };
  const [mine, theirs] = [candidate, incumbent].map((state) => {
    const options = { random: seededRandom(seed), floor: exploringShare, tieSeed: seed, draws: 100 };
    return judge(log, banditPolicy(state, options), earnings).decisions;
  });
  if (!mine || !theirs) return { evaluation: null, skipped };
  const random = seededRandom(seed);
  const own = evaluateOffPolicy(mine, { random, resamples: 50 });
  const other = evaluateOffPolicy(theirs, { random, resamples: 50 });
  const margin = tolerated * Math.max(own.logged.value, 0);
  const compared = compareOffPolicy(mine, theirs, { estimator: 'dr', margin });
  const { difference: value, low, high, verdict, gaps } = compared;
  const evaluation: PolicyEvaluation = {
    n: log.length,
    logged: valued(own.logged),
    candidate: { dr: valued(own.dr ?? own.snips), snips: valued(own.snips) },
    incumbent: { dr: valued(other.dr ?? other.snips), snips: valued(other.snips) },
    difference: { value, low, high },
    margin,
    verdict,
    gaps,
  };
  return { evaluation, skipped };
}

/** Gives the offers that a decision could have chosen, with the features that a model of these columns scores. */
function candidateReader(columns: BanditState) {
  const encoders = new Map<string, OfferEncoder>();
  return ({ input, slot, field }: DecisionDocument, { _id, offers }: CatalogueDocument): Weighed[] => {
    const encoder =
      encoders.get(_id) ?? inOrderOf(columns, featureSpace(offers)).among(offers.map(offerInput));
    encoders.set(_id, encoder);
    const encode = encoder(input, affinityPairs(unpackAffinities(field)));
    const fatigue = unpackFatigue(field, offers.length);
    return unpackFates(field).flatMap((rule, index) => {
      const entry = offers[index];
      if (rule !== undefined || !entry) return [];
      const { _id: id, value, lever, slotWeights } = entry;
      const multiplier = value.amount * (slotWeights[slot] ?? 1) * lever * (fatigue[index] ?? 1);
      return [{ id, features: encode(index), multiplier, value: value.amount }];
    });
  };
}

/** A candidate with what multiplies its propensity, and what it earns. */
interface Weighed {
  readonly id: string;
  readonly features: Float64Array;
  readonly multiplier: number;
  readonly value: number;
}

const valueOf = (candidate: object): number => ('value' in candidate ? Number(candidate.value) : 0);
const clamp = (chance: number): number => Math.min(Math.max(chance, 0), 1);
const valued = ({ value, low, high }: Estimate): Valued => ({ value, low, high });
