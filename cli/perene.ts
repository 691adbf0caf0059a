import { Command, CommanderError } from 'commander';
import { version } from '../package.json';
import { checkCommand } from './commands/check';
import { consentCommand } from './commands/consent';
import { demoCommand } from './commands/demo';
import { devCommand } from './commands/dev';
import { doctorCommand } from './commands/doctor';
import { evaluateCommand } from './commands/evaluate';
import { keysCommand } from './commands/keys';
import { newCommand } from './commands/new';
import { previewCommand } from './commands/preview';
import { recoverCommand } from './commands/recover';
import { simulateCommand } from './commands/simulate';
import { placeOf } from './place';

/**
 * The commands, one file each. A command prints for people, or with `--json` one JSON value on standard output; progress
 * goes to standard error. An action that throws makes the exit status 1, `command.error(text, { exitCode: 2 })` makes it 2.
 */
function program(): Command {
  return new Command('perene')
    .description('Drives lasting relationships with customers: journeys, next best offers, messages.')
    .version(version)
    .exitOverride()
    .showHelpAfterError('(perene --help tells the usage)')
    .addCommand(checkCommand())
    .addCommand(consentCommand())
    .addCommand(demoCommand())
    .addCommand(devCommand())
    .addCommand(doctorCommand())
    .addCommand(evaluateCommand())
    .addCommand(keysCommand())
    .addCommand(newCommand())
    .addCommand(previewCommand())
    .addCommand(recoverCommand())
    .addCommand(simulateCommand());
}

/** Runs one command line; afterwards `process.exitCode` is 0 (it worked), 1 (it failed) or 2 (bad usage). */
export async function main(argv: readonly string[]): Promise<void> {
  try {
    await inherited(program()).parseAsync([...argv]);
  } catch (error) {
    process.exitCode = exitCodeOf(error);
    if (error instanceof CommanderError) return;
    const place = placeOf(error);
    process.stderr.write(`${place === undefined ? '' : `${place}: `}${describe(error)}\n`);
  }
}

/** Settings of the program are not those of commands that were added to it as they are. */
function inherited(command: Command): Command {
  for (const sub of command.commands) inherited(sub.copyInheritedSettings(command));
  return command;
}

/** Commander has printed its own errors; help and version are no errors. */
function exitCodeOf(error: unknown): 0 | 1 | 2 {
  if (!(error instanceof CommanderError)) return 1;
  return error.code === 'commander.helpDisplayed' || error.code === 'commander.version' ? 0 : 2;
}

/** The messages of an error and of its causes. */
function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause === undefined ? error.message : `${error.message}\n  because: ${describe(error.cause)}`;
}
