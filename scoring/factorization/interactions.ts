/** How much a customer had to do with an item. */
export interface Interaction {
  readonly customer: string;
  readonly item: string;
  /** At least 0. */
  readonly weight: number;
}

/** A sparse matrix by rows: the entries of row i are at `starts[i]` to `starts[i + 1]` of `columns` and `values`. */
export interface SparseRows {
  readonly rows: number;
  readonly width: number;
  readonly starts: Int32Array;
  readonly columns: Int32Array;
  readonly values: Float64Array;
}

/** Customers by items, with the names of both, in the order of their first appearance. */
export interface InteractionTable {
  readonly customers: readonly string[];
  readonly items: readonly string[];
  readonly byCustomer: SparseRows;
  readonly byItem: SparseRows;
}

/**
 * Builds the sparse table; weights of repeated pairs are added, pairs without weight left out.
 *
 * @throws RangeError where a weight is negative or not a number.
 */
export function tabulate(interactions: readonly Interaction[]): InteractionTable {
  const customers = new Map<string, Map<number, number>>();
  const items = new Map<string, number>();
  for (const { customer, item, weight } of interactions) {
    if (!(weight >= 0)) throw new RangeError(`The weight of ${customer} and ${item} must be at least 0.`);
    if (weight === 0) continue;
    const column = items.get(item) ?? items.size;
    items.set(item, column);
    const row = customers.get(customer) ?? new Map<number, number>();
    row.set(column, (row.get(column) ?? 0) + weight);
    customers.set(customer, row);
  }
  const byCustomer = sparse([...customers.values()], items.size);
  return {
    customers: [...customers.keys()],
    items: [...items.keys()],
    byCustomer,
    byItem: transpose(byCustomer),
  };
}

/** One row of a sparse matrix, as subarrays of it. */
export function rowOf(matrix: SparseRows, row: number): { columns: Int32Array; values: Float64Array } {
  const from = matrix.starts[row] ?? 0;
  const to = matrix.starts[row + 1] ?? from;
  return { columns: matrix.columns.subarray(from, to), values: matrix.values.subarray(from, to) };
}

/** Mean of the weights that are there; 1 where there is none. */
export function meanWeight({ values }: SparseRows): number {
  return values.length === 0 ? 1 : values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** The largest singular value by the power method on MᵀM, to a few digits. */
export function leadingSingularValue({ rows, width, starts, columns, values }: SparseRows): number {
  let vector = new Float64Array(width).fill(1 / Math.sqrt(width));
  let norm = 0;
  for (let round = 0; round < 20 && width > 0; round++) {
    const next = new Float64Array(width);
    for (let row = 0; row < rows; row++) {
      const from = starts[row] ?? 0;
      const to = starts[row + 1] ?? from;
      let sum = 0;
      for (let at = from; at < to; at++) sum += (values[at] ?? 0) * (vector[columns[at] ?? 0] ?? 0);
      for (let at = from; at < to; at++) {
        const column = columns[at] ?? 0;
        next[column] = (next[column] ?? 0) + (values[at] ?? 0) * sum;
      }
    }
    norm = Math.sqrt(next.reduce((sum, value) => sum + value * value, 0));
    vector = next.map((value) => value / norm);
  }
  return Math.sqrt(norm);
}

function sparse(rows: readonly ReadonlyMap<number, number>[], width: number): SparseRows {
  const starts = new Int32Array(rows.length + 1);
  rows.forEach((row, i) => (starts[i + 1] = (starts[i] ?? 0) + row.size));
  const total = starts[rows.length] ?? 0;
  const columns = new Int32Array(total);
  const values = new Float64Array(total);
  rows.forEach((row, i) => {
    let at = starts[i] ?? 0;
    for (const [column, value] of [...row].sort(([a], [b]) => a - b)) {
      columns[at] = column;
      values[at++] = value;
    }
  });
  return { rows: rows.length, width, starts, columns, values };
}

function transpose({ rows, width, starts, columns, values }: SparseRows): SparseRows {
  const turned = {
    rows: width,
    width: rows,
    starts: new Int32Array(width + 1),
    columns: new Int32Array(columns.length),
    values: new Float64Array(values.length),
  };
  for (const column of columns) turned.starts[column + 1] = (turned.starts[column + 1] ?? 0) + 1;
  for (let i = 0; i < width; i++)
    turned.starts[i + 1] = (turned.starts[i + 1] ?? 0) + (turned.starts[i] ?? 0);
  const next = turned.starts.slice();
  for (let row = 0; row < rows; row++) {
    for (let at = starts[row] ?? 0; at < (starts[row + 1] ?? 0); at++) {
      const column = columns[at] ?? 0;
      const place = next[column] ?? 0;
      next[column] = place + 1;
      turned.columns[place] = row;
      turned.values[place] = values[at] ?? 0;
    }
  }
  return turned;
}
