import { Command } from 'commander';
import { evaluateBanditCommand } from './evaluate-bandit';
import { evaluateClvCommand } from './evaluate-clv';
import { evaluateRankingCommand } from './evaluate-ranking';

/** `perene evaluate`: what the mathematics of `scoring` makes of a file. File formats: docs/scoring.md. */
export function evaluateCommand(): Command {
  return new Command('evaluate')
    .description(
      'Measures offers, recommendations or lifetime value on your own files (see docs/scoring.md).',
    )
    .addCommand(evaluateBanditCommand())
    .addCommand(evaluateRankingCommand())
    .addCommand(evaluateClvCommand());
}
