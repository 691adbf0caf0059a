import { Command, InvalidArgumentError } from 'commander';
import { startDev, type DevSystem } from '../dev/dev';
import { defaultPorts } from '../dev/default-ports';
import type { DevPorts } from '../dev/plan';
import { addressTable } from '../dev/table';

interface Flags {
  readonly services: boolean;
  readonly port: number;
  readonly temporalPort: number;
  readonly temporalUiPort: number;
  readonly mongodbPort: number;
  readonly smtpPort: number;
  readonly mailboxPort: number;
  readonly smsPort: number;
}

/** `perene dev`: everything on one machine, until it is told to end. */
export function devCommand(): Command {
  const ports = defaultPorts(process.env);
  return new Command('dev')
    .description('Starts everything on this machine: servers, API, worker and console.')
    .option('--services', 'only the embedded servers; prints their addresses as KEY=VALUE lines', false)
    .option('--port <port>', 'API and console', portOf, ports.api)
    .option('--temporal-port <port>', 'Temporal server', portOf, ports.temporal)
    .option('--temporal-ui-port <port>', 'Temporal UI', portOf, ports.temporalUi)
    .option('--mongodb-port <port>', 'MongoDB', portOf, ports.mongodb)
    .option('--smtp-port <port>', 'mail catcher', portOf, ports.smtp)
    .option('--mailbox-port <port>', 'page of the caught mails', portOf, ports.mailbox)
    .option('--sms-port <port>', 'SMS stand-in and its page', portOf, ports.sms)
    .action((flags: Flags) => run(flags));
}

async function run(flags: Flags): Promise<void> {
  const report = (line: string) => void process.stderr.write(`${line}\n`);
  const ended = endSignal(report);
  const start = startDev({ services: flags.services, ports: portsOf(flags), env: process.env, report });
  const system = await Promise.race([start, ended.then(() => undefined)]);
  if (system === undefined) {
    await start.then((late) => late.stop());
    return;
  }
  process.stdout.write(flags.services ? lines(system) : addressTable(system));
  const reason = await Promise.race([system.failed, ended]);
  process.on('SIGINT', () => void system.stop());
  await system.stop();
  if (reason instanceof Error) throw reason;
}

/** Resolves at the first signal to end. */
function endSignal(report: (line: string) => void): Promise<string> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
      process.once(signal, () => {
        report('Stopping');
        resolve(signal);
      });
    }
  });
}

function lines({ variables }: DevSystem): string {
  return Object.entries(variables)
    .map(([name, value]) => `${name}=${value}\n`)
    .join('');
}

function portsOf(flags: Flags): DevPorts {
  return {
    api: flags.port,
    temporal: flags.temporalPort,
    temporalUi: flags.temporalUiPort,
    mongodb: flags.mongodbPort,
    smtp: flags.smtpPort,
    mailbox: flags.mailboxPort,
    sms: flags.smsPort,
  };
}

function portOf(text: string): number {
  const port = Number(text);
  if (!Number.isInteger(port) || port < 1 || port > 65_535)
    throw new InvalidArgumentError('It must be from 1 to 65535.');
  return port;
}
