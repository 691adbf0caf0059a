import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { z } from 'zod';

const answerSchema = z.object({
  ranking: z.array(
    z.object({
      split: z.string(),
      train: z.string(),
      test: z.string(),
      implicit: z.array(z.object({ name: z.string(), ndcg: z.array(z.number()), seconds: z.number() })),
    }),
  ),
  bandits: z.array(z.object({ name: z.string(), snips: z.number() })),
});

/** What the Python libraries reach, and the tables that they were measured on. */
export type References = z.infer<typeof answerSchema>;

/** Runs bench/scoring/reference.py; `folder` receives the tables. */
export async function runReferences(python: string, folder: string, log: string): Promise<References> {
  const { stdout } = await promisify(execFile)(python, [join(__dirname, 'reference.py'), folder, log], {
    maxBuffer: 2 ** 24,
  });
  return answerSchema.parse(JSON.parse(stdout));
}
