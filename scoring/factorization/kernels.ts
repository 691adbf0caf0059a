/** gram = YᵀY + regularization I, for Y given row by row. */
export function gramOf(
  values: Float64Array,
  width: number,
  regularization: number,
  gram: Float64Array,
): void {
  gram.fill(0);
  for (let at = 0; at < values.length; at += width) {
    for (let i = 0; i < width; i++) {
      const factor = values[at + i] ?? 0;
      if (factor === 0) continue;
      const row = i * width;
      for (let j = 0; j <= i; j++) gram[row + j] = (gram[row + j] ?? 0) + factor * (values[at + j] ?? 0);
    }
  }
  for (let i = 0; i < width; i++) {
    gram[i * width + i] = (gram[i * width + i] ?? 0) + regularization;
    for (let j = 0; j < i; j++) gram[j * width + i] = gram[i * width + j] ?? 0;
  }
}

/** Writes the square `matrix` times `vector` from `at` on. */
export function multiply(matrix: Float64Array, vector: Float64Array, into: Float64Array, at: number): void {
  const width = vector.length;
  for (let i = 0; i < width; i++) into[at + i] = dotRow(matrix, i * width, vector, width);
}

/** The inverse of a lower triangular matrix, by forward substitution. */
export function invertTriangular(lower: Float64Array, width: number): Float64Array {
  const inverse = new Float64Array(width * width);
  for (let column = 0; column < width; column++) {
    for (let i = column; i < width; i++) {
      let sum = i === column ? 1 : 0;
      for (let k = column; k < i; k++)
        sum -= (lower[i * width + k] ?? 0) * (inverse[k * width + column] ?? 0);
      inverse[i * width + column] = sum / (lower[i * width + i] ?? 1);
    }
  }
  return inverse;
}

export function transposed(matrix: Float64Array, width: number): Float64Array {
  return matrix.map((_, at) => matrix[(at % width) * width + Math.floor(at / width)] ?? 0);
}

/** Four sums at once, so that an addition need not wait for the one before it; `width` is a multiple of four. */
export function dotRow(matrix: Float64Array, at: number, vector: Float64Array, width: number): number {
  let a = 0;
  let b = 0;
  let c = 0;
  let d = 0;
  for (let j = 0; j < width; j += 4) {
    a += (matrix[at + j] ?? 0) * (vector[j] ?? 0);
    b += (matrix[at + j + 1] ?? 0) * (vector[j + 1] ?? 0);
    c += (matrix[at + j + 2] ?? 0) * (vector[j + 2] ?? 0);
    d += (matrix[at + j + 3] ?? 0) * (vector[j + 3] ?? 0);
  }
  return a + b + (c + d);
}

/** Adds `factor` times the row of `matrix` that begins at `at`. */
export function addRow(
  into: Float64Array,
  matrix: Float64Array,
  at: number,
  factor: number,
  width: number,
): void {
  for (let j = 0; j < width; j += 4) {
    into[j] = (into[j] ?? 0) + factor * (matrix[at + j] ?? 0);
    into[j + 1] = (into[j + 1] ?? 0) + factor * (matrix[at + j + 1] ?? 0);
    into[j + 2] = (into[j + 2] ?? 0) + factor * (matrix[at + j + 2] ?? 0);
    into[j + 3] = (into[j + 3] ?? 0) + factor * (matrix[at + j + 3] ?? 0);
  }
}
