import { Command, InvalidArgumentError } from 'commander';
import { startDev, type DevSystem } from '../dev/dev';
import { defaultPorts } from '../dev/default-ports';
import type { DevPorts } from '../dev/plan';
import { addressTable } from '../dev/table';

const orphanCheckMs = 500;

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
  const ending = new AbortController();
  const ended = endSignal(report).then(() => ending.abort());
  const options = { services: flags.services, ports: portsOf(flags), env: process.env, report };
  const system = await startDev({ ...options, signal: ending.signal }).catch((error: unknown) => {
    if (!ending.signal.aborted) throw error;
  });
  if (system === undefined) return;
  process.stdout.write(flags.services ? lines(system) : addressTable(system));
  const reason = await Promise.race([system.failed, ended]);
  process.on('SIGINT', () => void system.kill());
  await system.stop();
  if (reason instanceof Error) throw reason;
}

/** Resolves at the first signal to end, or once the npm that started this process is gone without having sent one. */
function endSignal(report: (line: string) => void): Promise<void> {
  return new Promise((resolve) => {
    const end = (reason: string) => {
      report(`Stopping: ${reason}`);
      clearInterval(watch);
      resolve();
    };
    const parent = process.ppid;
    const byNpm = process.env['npm_command'] !== undefined;
    const watch = setInterval(() => {
      if (byNpm && process.ppid !== parent) end('the npm that started it is gone');
    }, orphanCheckMs).unref();
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
      process.once(signal, () => end(signal));
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
