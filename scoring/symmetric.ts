import { CholeskyDecomposition, Matrix } from 'ml-matrix';

/**
 * The lower triangular L with L Lᵀ = `values`, an n x n symmetric matrix, row by row. Only the lower triangle is read.
 * A matrix that rounding has left semi-definite gives the factor of its positive part.
 */
export function lowerCholesky(values: ArrayLike<number>, n: number): Float64Array {
  return flatten(new CholeskyDecomposition(mirrored(values, n)).lowerTriangularMatrix);
}

/**
 * The inverse of a symmetric positive definite n x n matrix, row by row. Only the lower triangle is read.
 *
 * @throws RangeError where the matrix is not positive definite.
 */
export function invertSymmetric(values: ArrayLike<number>, n: number): Float64Array {
  const decomposition = new CholeskyDecomposition(mirrored(values, n));
  if (!decomposition.isPositiveDefinite()) throw new RangeError('The matrix is not positive definite.');
  return flatten(decomposition.solve(Matrix.eye(n)));
}

/**
 * Solves `values` x = `right` for a symmetric positive definite n x n matrix, row by row. Only the lower triangle is read.
 *
 * @throws RangeError where the matrix is not positive definite.
 */
export function solveSymmetric(values: ArrayLike<number>, right: ArrayLike<number>): Float64Array {
  const decomposition = new CholeskyDecomposition(mirrored(values, right.length));
  if (!decomposition.isPositiveDefinite()) throw new RangeError('The matrix is not positive definite.');
  return flatten(decomposition.solve(Matrix.columnVector(right)));
}

/** The sum of products of two vectors. */
export function dot(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i] ?? 0) * (b[i] ?? 0);
  return sum;
}

/** `matrix` (rows x vector.length, row by row) times `vector`. */
export function times(matrix: ArrayLike<number>, vector: ArrayLike<number>, rows: number): Float64Array {
  const n = vector.length;
  const product = new Float64Array(rows);
  for (let i = 0; i < rows; i++) {
    let sum = 0;
    for (let j = 0; j < n; j++) sum += (matrix[i * n + j] ?? 0) * (vector[j] ?? 0);
    product[i] = sum;
  }
  return product;
}

/** Adds `scale` x `left` x `right`ᵀ to `matrix` in place. */
export function addOuter(
  matrix: Float64Array,
  left: ArrayLike<number>,
  right: ArrayLike<number>,
  scale: number,
): void {
  const n = right.length;
  for (let i = 0; i < left.length; i++) {
    const factor = scale * (left[i] ?? 0);
    if (factor === 0) continue;
    for (let j = 0; j < n; j++) matrix[i * n + j] = (matrix[i * n + j] ?? 0) + factor * (right[j] ?? 0);
  }
}

function mirrored(values: ArrayLike<number>, n: number): Matrix {
  const matrix = new Matrix(n, n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      const value = values[i * n + j] ?? 0;
      matrix.set(i, j, value);
      matrix.set(j, i, value);
    }
  }
  return matrix;
}

function flatten(matrix: Matrix): Float64Array {
  return Float64Array.from(matrix.to1DArray());
}
