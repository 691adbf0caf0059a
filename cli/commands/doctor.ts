import { Command } from 'commander';

/** `perene doctor`. */
export function doctorCommand(): Command {
  return new Command('doctor').description('x');
}
