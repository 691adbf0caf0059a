import {
  areaUnderCurve,
  bgNbdAlive,
  bgNbdExpected,
  driftOf,
  estimateAll,
  fitBgNbd,
  fitGammaGamma,
  fitParetoNbd,
  gammaGammaSpend,
  lifetimeValue,
  rfm,
  seededRandom,
  summarise,
  week,
  type BgNbd,
  type CustomerHistory,
  type Estimate,
  type Fit,
  type GammaGamma,
  type ParetoNbd,
  type RfmSegment,
  type Transaction,
} from '../../scoring';

export interface ClvQuestion {
  readonly transactions: readonly Transaction[];
  /** End of calibration, epoch milliseconds: what happened after it is kept for judging. */
  readonly end: number;
  /** Discount rate of a month. */
  readonly discount: number;
  /** Months that a customer's value looks ahead. */
  readonly months: number;
  readonly seed: string;
}

/** A model's parameters side by side with how well they are known. */
export type Fitted<Name extends string> = Readonly<Record<Name, number>> &
  Pick<Fit<Name>, 'intervals' | 'logLikelihood' | 'n' | 'converged'>;

export interface ClvAnswer {
  readonly n: number;
  readonly calibrationEnd: string;
  readonly unit: 'weeks';
  readonly bgnbd: Fitted<keyof BgNbd>;
  readonly paretonbd: Fitted<keyof ParetoNbd>;
  /** Absent where nobody came back with an amount. */
  readonly gammagamma?: Fitted<keyof GammaGamma>;
  /** Absent where there is nothing after the end of calibration. */
  readonly holdout?: Holdout;
  readonly value?: {
    readonly months: number;
    readonly discount: number;
    readonly total: number;
    readonly mean: Estimate;
  };
  readonly segments: Readonly<Partial<Record<RfmSegment, number>>>;
  readonly seconds: number;
}

export interface Holdout {
  readonly weeks: number;
  /** Purchases that happened and that BG/NBD expected, by customer. */
  readonly actual: Estimate;
  readonly expected: Estimate;
  readonly actualTotal: number;
  readonly expectedTotal: number;
  readonly meanAbsoluteError: Estimate;
  /** How well each measure ranks who buys again (area under the ROC curve). */
  readonly auc: {
    readonly expected: number;
    readonly alive: number;
    readonly drift: number;
    readonly recency: number;
  };
}

/** One customer as the models see them at the end of calibration; times in weeks, money as in the file. */
export interface ClvCustomer extends Omit<CustomerHistory, 'later'> {
  readonly alive: number;
  /** Purchases expected in the coming year. */
  readonly expected: number;
  readonly drift: number;
  readonly spendExpected: number | null;
  readonly value: number | null;
  readonly rfm: { readonly recency: number; readonly frequency: number; readonly monetary: number };
  readonly segment: RfmSegment;
}

const weeksOfMonth = 365.25 / 12 / 7;
const year = 52;

/**
 * Fits the models to what happened until the end of calibration and, where there is more, judges them by the rest.
 *
 * @throws Error where no customer bought before the end of calibration.
 */
export function evaluateClv(question: ClvQuestion): {
  readonly answer: ClvAnswer;
  readonly customers: ClvCustomer[];
} {
  const started = performance.now();
  const { transactions, end, discount, months, seed } = question;
  const histories = summarise(transactions, { end });
  if (histories.length === 0) throw new Error('No customer bought before the end of calibration.');
  const bgnbd = fitBgNbd(histories);
  const paretonbd = fitParetoNbd(histories);
  const spending = histories.some(({ frequency, spend }) => frequency > 0 && spend > 0)
    ? fitGammaGamma(histories)
    : undefined;
  const fitted = performance.now();
  const customers = describeCustomers(histories, {
    bgnbd: bgnbd.parameters,
    spending: spending?.parameters,
    discount,
    months,
  });
  const last = transactions.reduce((latest, { at }) => Math.max(latest, at), 0);
  const weeks = Math.floor((last - end) / (week / 7)) / 7;
  const valued = customers.flatMap(({ value }) => value ?? []);
  const segments: Partial<Record<RfmSegment, number>> = {};
  for (const { segment } of customers) segments[segment] = (segments[segment] ?? 0) + 1;
  const answer: ClvAnswer = {
    n: histories.length,
    calibrationEnd: new Date(end).toISOString().slice(0, 10),
    unit: 'weeks',
    bgnbd: flat(bgnbd),
    paretonbd: flat(paretonbd),
    ...(spending && { gammagamma: flat(spending) }),
    ...(weeks > 0 && { holdout: holdOut(histories, bgnbd.parameters, { weeks, seed }) }),
    ...(valued.length > 0 && {
      value: { months, discount, total: sum(valued), mean: meanOf(valued, seed) },
    }),
    segments,
    seconds: (fitted - started) / 1000,
  };
  return { answer, customers };
}

interface Models {
  readonly bgnbd: BgNbd;
  readonly spending: GammaGamma | undefined;
  readonly discount: number;
  readonly months: number;
}

function describeCustomers(
  histories: readonly CustomerHistory[],
  { bgnbd, spending, discount, months }: Models,
): ClvCustomer[] {
  const scores = rfm(
    histories.map(({ customer, age, recency, frequency, total }) => ({
      customer,
      sinceLast: age - recency,
      purchases: frequency + 1,
      total,
    })),
  );
  return histories.flatMap((history, i) => {
    const score = scores[i];
    if (!score) return [];
    const { customer, frequency, recency, age, spend, total } = history;
    const drift = driftOf(bgnbd, history, year);
    const spendExpected = spending ? gammaGammaSpend(spending, history) : null;
    const periods = { periods: months, length: weeksOfMonth, discount };
    const value =
      spendExpected === null
        ? null
        : lifetimeValue((time) => bgNbdExpected(bgnbd, history, time), spendExpected, periods);
    return [
      {
        ...{ customer, frequency, recency, age, spend, total },
        alive: bgNbdAlive(bgnbd, history),
        expected: drift.expected,
        drift: drift.ratio,
        spendExpected,
        value,
        rfm: { recency: score.recency, frequency: score.frequency, monetary: score.monetary },
        segment: score.segment,
      },
    ];
  });
}

function holdOut(
  histories: readonly CustomerHistory[],
  model: BgNbd,
  { weeks, seed }: { readonly weeks: number; readonly seed: string },
): Holdout {
  const actual = histories.map(({ later }) => later);
  const expected = histories.map((history) => bgNbdExpected(model, history, weeks));
  const active = actual.map((later) => later > 0);
  const auc = (score: (history: CustomerHistory) => number): number =>
    areaUnderCurve(histories.map(score), active);
  return {
    weeks,
    actual: meanOf(actual, seed),
    expected: meanOf(expected, seed),
    actualTotal: sum(actual),
    expectedTotal: sum(expected),
    meanAbsoluteError: meanOf(
      actual.map((later, i) => Math.abs(later - (expected[i] ?? 0))),
      seed,
    ),
    auc: {
      expected: areaUnderCurve(expected, active),
      alive: auc((history) => bgNbdAlive(model, history)),
      drift: auc((history) => driftOf(model, history, weeks).ratio),
      recency: auc(({ recency, age }) => recency - age),
    },
  };
}

function flat<Name extends string>({
  parameters,
  intervals,
  logLikelihood,
  n,
  converged,
}: Fit<Name>): Fitted<Name> {
  return { ...parameters, ...(intervals && { intervals }), logLikelihood, n, converged };
}

function meanOf(values: readonly number[], seed: string): Estimate {
  const [estimate] = estimateAll([{ terms: Float64Array.from(values) }], { random: seededRandom(seed) });
  if (!estimate) throw new RangeError('There is no mean of nothing.');
  return estimate;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
