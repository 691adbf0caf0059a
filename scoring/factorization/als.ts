import type { Random } from '../random';
import { lowerCholesky } from '../symmetric';
import { leadingSingularValue, meanWeight, type InteractionTable, type SparseRows } from './interactions';
import { addRow, dotRow, gramOf, invertTriangular, multiply, transposed } from './kernels';

export interface AlsOptions {
  /** Length of a factor vector. Default 32. */
  readonly factors?: number;
  /**
   * Weight of the squared factors. Default: a tenth of `alpha` times the largest singular value of the table, so that
   * it suits a table of any size.
   */
  readonly regularization?: number;
  /**
   * Confidence in an interaction of mean weight; that in the absence of one is 1. Weights count in proportion, so
   * their unit does not matter. Default 2.5.
   */
  readonly alpha?: number;
  /** Rounds over both sides. Default 15. */
  readonly iterations?: number;
  /** Steps of the conjugate gradient for each vector and round, at most. Default 2. */
  readonly steps?: number;
  /** For the first factors. */
  readonly random: Random;
  /** Told after each round. */
  readonly onRound?: (round: number) => void;
}

/** Factor vectors of both sides, row by row, `factors` numbers each. A customer's liking of an item is their product. */
export interface Factors {
  readonly factors: number;
  readonly customers: Float64Array;
  readonly items: Float64Array;
  readonly regularization: number;
  /** Confidence in an interaction of weight 1: `alpha` over the mean weight. */
  readonly confidence: number;
}

/**
 * Factorizes implicit feedback by alternating least squares: minimises the sum over all pairs of
 * confidence x (1 or 0 - product)² + regularization x squared factors (Hu, Koren and Volinsky 2008, equation 3; their
 * confidence is 1 + alpha r, here it is proportional to r for an interaction, as in the library `implicit`). Each vector's system
 * is solved by a few steps of the conjugate gradient from the last round's (Takacs, Pilaszy and Tikk 2011).
 *
 * The part of the systems that all rows share, YᵀY + regularization I = L Lᵀ, is taken out by a change of variables,
 * z = Lᵀx and y' = L⁻¹y: what is left is I plus one small term for each interaction of the row. It converges in a step
 * or two, and a step costs O(factors x interactions of the row).
 */
export function factorize(table: InteractionTable, options: AlsOptions): Factors {
  const rounds = factorizingRounds(table, options);
  for (;;) {
    const { done, value } = rounds.next();
    if (done === true) return value;
    options.onRound?.(value);
  }
}

/** As {@link factorize}, a round at each step; gives the number of rounds done. */
export function* factorizingRounds(
  table: InteractionTable,
  options: Omit<AlsOptions, 'onRound'>,
): Generator<number, Factors> {
  const { factors = 32, alpha = 2.5, iterations = 15, steps = 2, random } = options;
  const { byCustomer, byItem } = table;
  const confidence = alpha / meanWeight(byCustomer);
  const regularization = options.regularization ?? 0.1 * confidence * leadingSingularValue(byCustomer);
  // Rows are padded to a multiple of four with columns that stay 0, for the unrolled loops below.
  const width = Math.ceil(factors / 4) * 4;
  const start = (rows: number): Float64Array => {
    const values = new Float64Array(rows * width);
    for (let row = 0; row < rows; row++) {
      for (let j = 0; j < factors; j++) values[row * width + j] = (random.uniform() - 0.5) / 100;
    }
    return values;
  };
  const customers = start(table.customers.length);
  const items = start(table.items.length);
  const solver = { regularization, confidence, steps, width };
  for (let round = 0; round < iterations; round++) {
    improve(customers, items, byCustomer, solver);
    improve(items, customers, byItem, solver);
    yield round + 1;
  }
  return {
    factors,
    customers: unpadded(customers, factors, width),
    items: unpadded(items, factors, width),
    regularization,
    confidence,
  };
}

interface Solver {
  readonly regularization: number;
  readonly confidence: number;
  readonly steps: number;
  readonly width: number;
}

/** One half round: moves each row of `mine` towards its least-squares solution given `theirs`. */
function improve(mine: Float64Array, theirs: Float64Array, rows: SparseRows, solver: Solver): void {
  const { width, regularization } = solver;
  const gram = new Float64Array(width * width);
  gramOf(theirs, width, regularization, gram);
  const lower = lowerCholesky(gram, width);
  const inverse = invertTriangular(lower, width);
  const turned = new Float64Array(theirs.length);
  for (let at = 0; at < theirs.length; at += width)
    multiply(inverse, theirs.subarray(at, at + width), turned, at);
  const upper = transposed(lower, width);
  const back = transposed(inverse, width);
  const z = new Float64Array(width);
  const solve = rowSolver(turned, rows, solver);
  for (let row = 0; row < rows.rows; row++) {
    const at = row * width;
    multiply(upper, mine.subarray(at, at + width), z, 0);
    solve(row, z);
    multiply(back, z, mine, at);
  }
}

/** Solves (I + sum of (c - 1) y yᵀ) z = sum of c y over a row's interactions, in place, from the `z` that it is given. */
function rowSolver(
  turned: Float64Array,
  { starts, columns, values }: SparseRows,
  { confidence: unit, steps, width }: Solver,
): (row: number, z: Float64Array) => void {
  const residual = new Float64Array(width);
  const direction = new Float64Array(width);
  const product = new Float64Array(width);
  return (row, z) => {
    const from = starts[row] ?? 0;
    const to = starts[row + 1] ?? from;
    for (let j = 0; j < width; j++) residual[j] = -(z[j] ?? 0);
    for (let at = from; at < to; at++) {
      const confidence = unit * (values[at] ?? 0);
      const y = (columns[at] ?? 0) * width;
      const known = confidence === 1 ? 0 : (confidence - 1) * dotRow(turned, y, z, width);
      addRow(residual, turned, y, confidence - known, width);
    }
    direction.set(residual);
    let squared = dotRow(residual, 0, residual, width);
    for (let step = 0; step < steps && squared > 1e-6 * dotRow(z, 0, z, width); step++) {
      product.set(direction);
      for (let at = from; at < to; at++) {
        const extra = unit * (values[at] ?? 0) - 1;
        if (extra === 0) continue;
        const y = (columns[at] ?? 0) * width;
        addRow(product, turned, y, extra * dotRow(turned, y, direction, width), width);
      }
      const length = squared / dotRow(direction, 0, product, width);
      addRow(z, direction, 0, length, width);
      addRow(residual, product, 0, -length, width);
      const next = dotRow(residual, 0, residual, width);
      for (let j = 0; j < width; j++)
        direction[j] = (residual[j] ?? 0) + (next / squared) * (direction[j] ?? 0);
      squared = next;
    }
  };
}

function unpadded(values: Float64Array, factors: number, width: number): Float64Array {
  if (factors === width) return values;
  const rows = values.length / width;
  const tight = new Float64Array(rows * factors);
  for (let row = 0; row < rows; row++) {
    tight.set(values.subarray(row * width, row * width + factors), row * factors);
  }
  return tight;
}
