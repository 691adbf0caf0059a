import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { evaluateClv } from '../../cli/evaluate/clv';
import { readTable } from '../../cli/evaluate/rows';
import { readTransaction } from '../../cli/evaluate/tables';
import { table, type Section } from './table';

const goldenSchema = z.object({
  bgnbd_summary: z.object({ params: z.record(z.string(), z.number()), loglik: z.number() }),
  paretonbd: z.record(z.string(), z.number()),
  gammagamma: z.object({ params: z.record(z.string(), z.number()), loglik: z.number() }),
  holdout_39wk: z.object({
    actual_total: z.number(),
    pred_total: z.number(),
    mae: z.number(),
    auc_pred_for_active: z.number(),
    auc_palive: z.number(),
  }),
});

/** The published log-likelihood of Pareto/NBD on CDNOW (Fader, Hardie and Lee 2005). */
const paretoLogLikelihood = -9594.98;

/** Lifetime value of the CDNOW customers against the published fits. */
export async function purchases(data: string): Promise<Section> {
  const golden = goldenSchema.parse(JSON.parse(await readFile(join(data, 'cdnow-golden.json'), 'utf8')));
  const { rows } = await readTable(
    join(data, 'cdnow-transactions.csv'),
    ['customer', 'date', 'amount'],
    readTransaction,
  );
  const end = Date.parse('1997-09-30T00:00:00Z');
  const { answer } = evaluateClv({ transactions: rows, end, discount: 0.01, months: 12, seed: 'bench' });
  const { bgnbd, paretonbd, gammagamma, holdout } = answer;
  const compared = (
    name: string,
    ours: number | undefined,
    theirs: number | undefined,
    digits = 4,
  ): string[] => [name, ours?.toFixed(digits) ?? '', theirs?.toFixed(digits) ?? ''];
  const { params } = golden.bgnbd_summary;
  const { paretonbd: pareto, gammagamma: gamma, holdout_39wk: later } = golden;
  return {
    title: 'Lifetime value: CDNOW, 2,357 customers, 39 weeks learned, 39 weeks kept apart',
    body: [
      table(
        ['', 'Perene', 'published'],
        [
          compared('BG/NBD r', bgnbd.r, params['r']),
          compared('BG/NBD alpha', bgnbd.alpha, params['alpha']),
          compared('BG/NBD a', bgnbd.a, params['a']),
          compared('BG/NBD b', bgnbd.b, params['b']),
          compared('BG/NBD log-likelihood', bgnbd.logLikelihood, golden.bgnbd_summary.loglik, 2),
          compared('Pareto/NBD r', paretonbd.r, pareto['r']),
          compared('Pareto/NBD alpha', paretonbd.alpha, pareto['alpha'], 3),
          compared('Pareto/NBD s', paretonbd.s, pareto['s']),
          compared('Pareto/NBD beta', paretonbd.beta, pareto['beta'], 3),
          compared('Pareto/NBD log-likelihood', paretonbd.logLikelihood, paretoLogLikelihood, 2),
          compared('Gamma-Gamma p', gammagamma?.p, gamma.params['p'], 3),
          compared('Gamma-Gamma q', gammagamma?.q, gamma.params['q'], 3),
          compared('Gamma-Gamma v', gammagamma?.v, gamma.params['v'], 3),
          compared('Gamma-Gamma log-likelihood', gammagamma?.logLikelihood, gamma.loglik, 2),
          compared(
            `purchases expected (${later.actual_total} happened)`,
            holdout?.expectedTotal,
            later.pred_total,
            1,
          ),
          compared('mean absolute error', holdout?.meanAbsoluteError.value, later.mae),
          compared('AUC of expected purchases', holdout?.auc.expected, later.auc_pred_for_active, 3),
          compared('AUC of the chance to be alive', holdout?.auc.alive, later.auc_palive, 3),
          compared('AUC of drift (for win-back)', holdout?.auc.drift, undefined, 3),
        ],
      ),
    ],
  };
}
