/** What one check of `perene doctor` found. */
export interface Finding {
  readonly check: string;
  /** `note`: worth knowing, and nothing to repair. */
  readonly state: 'ok' | 'note' | 'fault';
  readonly detail: string;
  /** What to do about a fault. */
  readonly advice?: string;
}

/**
 * A finding from something that either works, and tells what it found, or throws.
 *
 * @param check name of the check
 * @param advice what to do where it throws
 */
export async function examine(
  check: string,
  advice: string,
  look: () => Promise<string> | string,
): Promise<Finding> {
  try {
    return { check, state: 'ok', detail: await look() };
  } catch (error) {
    return { check, state: 'fault', detail: error instanceof Error ? error.message : String(error), advice };
  }
}

/** Findings as lines for people. */
export function describeFindings(findings: readonly Finding[]): string {
  const width = Math.max(...findings.map(({ check }) => check.length));
  const lines = findings.map(({ advice, check, detail, state }) => {
    const indent = ' '.repeat(width + 9);
    const line = `${state.padEnd(5)}  ${check.padEnd(width)}  ${detail.replaceAll('\n', `\n${indent}`)}`;
    return advice === undefined ? line : `${line}\n${indent}${advice}`;
  });
  const faults = findings.filter(({ state }) => state === 'fault').length;
  return `${lines.join('\n')}\n\n${faults === 0 ? 'Nothing to repair.' : `${faults} to repair.`}\n`;
}
