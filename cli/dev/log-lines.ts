import { z } from 'zod';

const warn = 40;
const logLine = z.object({
  level: z.number(),
  msg: z.string().default(''),
  err: z.object({ message: z.string() }).optional(),
});

/**
 * What a person who watches the terminal should read of a line that a process wrote: warnings and errors of its log, and
 * whatever is no log line; undefined for the rest, which is in the log file.
 */
export function noteworthy(line: string): string | undefined {
  if (line.trim() === '') return undefined;
  const parsed = logLine.safeParse(parseJson(line));
  if (!parsed.success) return line;
  const { err, level, msg } = parsed.data;
  if (level < warn) return undefined;
  return err === undefined ? msg : `${msg}: ${err.message}`;
}

function parseJson(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
