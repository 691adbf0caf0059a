export { seededRandom, type Random } from './random';
export {
  defineFeatures,
  plainFeatures,
  type FeatureDefinition,
  type FeatureInput,
  type FeatureSource,
  type FeatureSpace,
  type FeatureValue,
  type EncodeOffer,
  type OfferEncoder,
  type PairValues,
} from './features';
export {
  createBandit,
  type BanditOptions,
  type BanditState,
  type Numbers,
  type OfferState,
  type Policy,
  type Prior,
} from './bandit/state';
export { estimateCandidates, scoreCandidates, type Candidate, type Score } from './bandit/score';
export {
  chooseOffers,
  choiceProbabilities,
  type Arrange,
  type Choice,
  type ChooseOptions,
  type Contender,
  type WeightedCandidate,
} from './bandit/choose';
export {
  correctBandit,
  retireOffers,
  unlearnBandit,
  updateBandit,
  type Correction,
  type Outcome,
} from './bandit/update';
export { forgetBandit } from './bandit/forget';
export { explain, type Reason } from './bandit/explain';
export {
  arbitrate,
  arbitrateAmong,
  diversely,
  explainFactors,
  screenOffers,
  type ArbitrationOffer,
  type ArbitrationOptions,
  type ArbitrationRule,
  type Cap,
  type Circumstances,
  type Diversity,
  type Factors,
  type OfferTerms,
  type RankedOffer,
  type Rejection,
  type Screened,
} from './arbitration';
export { defaultFatigue, fatigueOf, type Fatigue, type FatigueRules, type Showing } from './fatigue';
export { type EstimatorTerms, type JudgedDecision } from './off-policy/decision';
export { type Estimate, type Interval } from './interval';
export { evaluateOffPolicy, type OffPolicyOptions, type OffPolicyResult } from './off-policy/evaluate';
export { compareOffPolicy, type CompareOptions, type Comparison, type Verdict } from './off-policy/compare';
export {
  defaultSupportRules,
  supportOf,
  type Support,
  type SupportGap,
  type SupportRules,
} from './off-policy/support';
export { bgNbdAlive, bgNbdExpected, bgNbdExpectedNew, fitBgNbd, type BgNbd } from './lifetime-value/bg-nbd';
export { fitParetoNbd, paretoNbdAlive, paretoNbdExpected, type ParetoNbd } from './lifetime-value/pareto-nbd';
export { fitGammaGamma, gammaGammaSpend, type GammaGamma } from './lifetime-value/gamma-gamma';
export { type Fit } from './lifetime-value/fit';
export { lifetimeValue, type LifetimeValueOptions } from './lifetime-value/value';
export { driftOf, driftsAfter, type Drift, type DriftRules } from './lifetime-value/drift';
export { rfm, type Rfm, type RfmInput, type RfmSegment } from './lifetime-value/rfm';
export {
  day,
  summarise,
  week,
  type CustomerHistory,
  type PurchaseHistory,
  type Transaction,
} from './lifetime-value/history';
export { tabulate, type Interaction, type InteractionTable } from './factorization/interactions';
export { factorize, type AlsOptions, type Factors as FactorVectors } from './factorization/als';
export {
  openRecommender,
  trainingRounds,
  trainRecommender,
  type History,
  type Recommended,
  type Recommender,
  type RecommenderState,
} from './factorization/recommender';
export { percentileRanks, type PercentileRanks } from './factorization/percentile';
export { areaUnderCurve, rankingMetrics, type RankingMetrics } from './ranking-metrics';
export { estimateAll, type Terms } from './interval';
export {
  chooseMoment,
  countMoment,
  forgetMoments,
  type Moment,
  type MomentChoice,
  type MomentCount,
  type MomentCounts,
  type MomentOptions,
} from './send-time';
export {
  calibrationOf,
  stabilityIndex,
  type Calibration,
  type CalibrationBin,
  type Prediction,
} from './calibration';
export {
  banditModel,
  banditPolicy,
  fixedPolicy,
  judge,
  uniformPolicy,
  type Judged,
  type JudgedPolicy,
  type LoggedDecision,
  type RewardModel,
} from './off-policy/judge';
export {
  ratioAlarm,
  ratioEvidence,
  sequentialDifference,
  sequentialShare,
  thompsonProbabilities,
  type Group,
  type SequentialDifference,
} from './experiment';
export { netPromoterScore, percentage, satisfaction, type ScoreCounts, type SurveyMeasure } from './survey';
