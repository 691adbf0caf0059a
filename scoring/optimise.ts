/** A function of a few numbers. */
export type Objective = (point: readonly number[]) => number;

export interface Minimum {
  readonly point: number[];
  readonly value: number;
  readonly evaluations: number;
  /** False where the limit of evaluations came first. */
  readonly converged: boolean;
}

/**
 * Minimises a smooth function without derivatives: the downhill simplex of Nelder and Mead (1965), begun again at the
 * point it found until that gains nothing, since a simplex may collapse early. Values that are not finite count as
 * infinitely bad.
 */
export function minimise(objective: Objective, start: readonly number[], limit = 20_000): Minimum {
  let evaluations = 0;
  const f: Objective = (point) => {
    evaluations++;
    const value = objective(point);
    return Number.isFinite(value) ? value : Number.POSITIVE_INFINITY;
  };
  let best = simplex(f, start, () => evaluations < limit);
  for (;;) {
    const again = simplex(f, best.point, () => evaluations < limit);
    const gain = best.value - again.value;
    if (again.value < best.value) best = again;
    if (!(gain > 1e-9 * (1 + Math.abs(best.value)))) break;
  }
  return { ...best, evaluations, converged: evaluations < limit };
}

interface Vertex {
  readonly point: number[];
  readonly value: number;
}

function simplex(f: Objective, start: readonly number[], mayGoOn: () => boolean): Vertex {
  const n = start.length;
  const vertex = (point: number[]): Vertex => ({ point, value: f(point) });
  const vertices = [vertex([...start])];
  for (let i = 0; i < n; i++) vertices.push(vertex(start.map((x, j) => (i === j ? x + 0.25 : x))));
  while (mayGoOn()) {
    vertices.sort((a, b) => a.value - b.value);
    const [best, worst, second] = [vertices[0], vertices[n], vertices[n - 1]];
    if (!best || !worst || !second) break;
    const flat = worst.value - best.value <= 1e-12 * (1 + Math.abs(best.value));
    if (flat && width(vertices) < 1e-7) break;
    const centre = start.map((_, j) => {
      let sum = 0;
      for (let i = 0; i < n; i++) sum += vertices[i]?.point[j] ?? 0;
      return sum / n;
    });
    const along = (by: number): Vertex => vertex(centre.map((c, j) => c + by * (c - (worst.point[j] ?? 0))));
    const reflected = along(1);
    if (reflected.value < best.value) {
      const expanded = along(2);
      vertices[n] = expanded.value < reflected.value ? expanded : reflected;
    } else if (reflected.value < second.value) {
      vertices[n] = reflected;
    } else {
      const contracted = along(reflected.value < worst.value ? 0.5 : -0.5);
      if (contracted.value < Math.min(reflected.value, worst.value)) vertices[n] = contracted;
      else {
        for (let i = 1; i <= n; i++) {
          const from = vertices[i]?.point ?? [];
          vertices[i] = vertex(best.point.map((x, j) => (x + (from[j] ?? x)) / 2));
        }
      }
    }
  }
  return vertices.reduce((best, one) => (one.value < best.value ? one : best));
}

function width(vertices: readonly Vertex[]): number {
  const first = vertices[0]?.point ?? [];
  return Math.max(...vertices.flatMap(({ point }) => point.map((x, j) => Math.abs(x - (first[j] ?? 0)))));
}

/** Second derivatives by central differences, n x n, row by row. */
export function hessian(objective: Objective, at: readonly number[], step = 1e-3): Float64Array {
  const n = at.length;
  const moved = (i: number, by: number, j: number, andBy: number): number =>
    objective(at.map((x, k) => x + (k === i ? by : 0) + (k === j ? andBy : 0)));
  const matrix = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      const second =
        (moved(i, step, j, step) -
          moved(i, step, j, -step) -
          moved(i, -step, j, step) +
          moved(i, -step, j, -step)) /
        (4 * step * step);
      matrix[i * n + j] = second;
      matrix[j * n + i] = second;
    }
  }
  return matrix;
}
