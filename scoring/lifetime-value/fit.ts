import { hessian, minimise } from '../optimise';
import { normalQuantile, type Interval } from '../interval';
import { invertSymmetric } from '../symmetric';

/** Positive parameters found by maximum likelihood. */
export interface Fit<Name extends string> {
  readonly parameters: Readonly<Record<Name, number>>;
  /**
   * 95% intervals: normal on the logarithm of the parameter, from the curvature of the likelihood. Absent where the
   * likelihood is flat in some direction, so that the data do not fix the parameters.
   */
  readonly intervals?: Readonly<Record<Name, Interval>>;
  readonly logLikelihood: number;
  /** Customers. */
  readonly n: number;
  readonly converged: boolean;
}

/** One kind of customer and how many there are. */
export interface Weighted<Item> {
  readonly item: Item;
  readonly weight: number;
}

/** Joins equal items: customers with one and the same history cost one evaluation. */
export function distinct<Item>(items: readonly Item[], key: (item: Item) => string): Weighted<Item>[] {
  const found = new Map<string, { item: Item; weight: number }>();
  for (const item of items) {
    const name = key(item);
    const known = found.get(name);
    if (known) known.weight++;
    else found.set(name, { item, weight: 1 });
  }
  return [...found.values()];
}

/**
 * Maximises the sum of log-likelihoods over positive parameters (searching over their logarithms).
 *
 * @param start First guess, one value for each name.
 * @param lnPrior What is added to the sum where the data alone may not fix the parameters; not a part of `logLikelihood`.
 * @throws RangeError where there is no item.
 */
export function fit<Name extends string, Item>(
  start: Readonly<Record<Name, number>>,
  items: readonly Weighted<Item>[],
  {
    logLikelihood,
    lnPrior = () => 0,
  }: {
    readonly logLikelihood: (parameters: Readonly<Record<Name, number>>, item: Item) => number;
    readonly lnPrior?: (parameters: Readonly<Record<Name, number>>) => number;
  },
): Fit<Name> {
  if (items.length === 0) throw new RangeError('There is no customer to learn from.');
  const names = Object.keys(start) as Name[];
  const named = (values: readonly number[]): Record<Name, number> =>
    Object.fromEntries(names.map((name, i) => [name, Math.exp(values[i] ?? 0)])) as Record<Name, number>;
  const cost = (values: readonly number[]): number => {
    const parameters = named(values);
    let sum = -lnPrior(parameters);
    for (const { item, weight } of items) sum -= weight * logLikelihood(parameters, item);
    return sum;
  };
  const { point, value, converged } = minimise(
    cost,
    names.map((name) => Math.log(start[name])),
  );
  const intervals = intervalsAt(cost, point);
  return {
    parameters: named(point),
    ...(intervals && {
      intervals: Object.fromEntries(names.map((name, i) => [name, intervals[i]])) as Record<Name, Interval>,
    }),
    logLikelihood: -value - lnPrior(named(point)),
    n: items.reduce((sum, { weight }) => sum + weight, 0),
    converged,
  };
}

function intervalsAt(
  cost: (values: readonly number[]) => number,
  point: readonly number[],
): Interval[] | undefined {
  const n = point.length;
  const width = normalQuantile(0.975);
  try {
    const covariance = invertSymmetric(hessian(cost, point), n);
    return point.map((value, i) => {
      const error = Math.sqrt(covariance[i * n + i] ?? 0);
      return { low: Math.exp(value - width * error), high: Math.exp(value + width * error) };
    });
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}
