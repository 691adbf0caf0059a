/** A Markdown table. */
export function table(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [line(header), line(header.map(() => '---')), ...rows.map(line)].join('\n');
}

/** A value with its interval. */
export function ranged(
  { value, low, high }: { value: number; low: number; high: number },
  digits = 4,
): string {
  return `${value.toFixed(digits)} [${low.toFixed(digits)}, ${high.toFixed(digits)}]`;
}

/** A part of the report: a title and what stands below it. */
export interface Section {
  readonly title: string;
  readonly body: readonly string[];
}
