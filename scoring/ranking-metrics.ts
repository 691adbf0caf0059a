/** How well one list of recommendations meets what then happened; all in [0, 1]. */
export interface RankingMetrics {
  /** Gain 1 / log2(rank + 1) for each hit, over that of a perfect list (Jarvelin and Kekalainen 2002). */
  readonly ndcg: number;
  /** Share of the k places that are hits. */
  readonly precision: number;
  /** Share of the relevant items that are in the list. */
  readonly recall: number;
  /** Average precision at the hits, over the most hits a list can have. */
  readonly map: number;
}

/**
 * Judges the first `k` of a list against the relevant items.
 *
 * @throws RangeError where nothing is relevant: such a customer says nothing about a list.
 */
export function rankingMetrics(
  list: readonly string[],
  relevant: ReadonlySet<string>,
  k: number,
): RankingMetrics {
  if (relevant.size === 0) throw new RangeError('Nothing is relevant to this customer.');
  const possible = Math.min(k, relevant.size);
  let hits = 0;
  let gain = 0;
  let precisions = 0;
  list.slice(0, k).forEach((item, place) => {
    if (!relevant.has(item)) return;
    hits++;
    gain += 1 / Math.log2(place + 2);
    precisions += hits / (place + 1);
  });
  let ideal = 0;
  for (let place = 0; place < possible; place++) ideal += 1 / Math.log2(place + 2);
  return {
    ndcg: gain / ideal,
    precision: hits / k,
    recall: hits / relevant.size,
    map: precisions / possible,
  };
}

/**
 * The chance that a positive is scored above a negative, ties counting half (area under the ROC curve); NaN where one
 * of the two is missing.
 */
export function areaUnderCurve(scores: readonly number[], positive: readonly boolean[]): number {
  const order = scores.map((_, i) => i).sort((a, b) => (scores[a] ?? 0) - (scores[b] ?? 0));
  let rankSum = 0;
  let positives = 0;
  for (let from = 0; from < order.length;) {
    let to = from;
    const value = scores[order[from] ?? 0];
    while (to < order.length && scores[order[to] ?? 0] === value) to++;
    const rank = (from + 1 + to) / 2;
    for (; from < to; from++) {
      if (!positive[order[from] ?? 0]) continue;
      positives++;
      rankSum += rank;
    }
  }
  const negatives = order.length - positives;
  return (rankSum - (positives * (positives + 1)) / 2) / (positives * negatives);
}
