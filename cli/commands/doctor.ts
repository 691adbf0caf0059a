import { Command } from 'commander';
import { readConfiguration } from '../../domain/configuration-schema';
import { connectionFindings } from '../doctor/connections';
import { describeFindings, examine, type Finding } from '../doctor/finding';
import { machineFindings, portFindings } from '../doctor/machine';
import { defaultPorts, wantedPorts } from '../dev/default-ports';
import { dataDirOf, embeddedParts } from '../dev/plan';
import { readRunning } from '../dev/running';
import { root } from '../setup/index';

/** `perene doctor`: what is there, what is missing and what to do about it. */
export function doctorCommand(): Command {
  return new Command('doctor')
    .description(
      'Checks this machine, the set-up, ports, configuration and connections, and says what to do.',
    )
    .option('--json', 'print the findings as JSON', false)
    .action((flags: { readonly json: boolean }) => run(flags.json));
}

async function run(json: boolean): Promise<void> {
  const findings = await examineAll(process.env);
  process.stdout.write(json ? `${JSON.stringify({ findings }, null, 2)}\n` : describeFindings(findings));
  if (findings.some(({ state }) => state === 'fault')) process.exitCode = 1;
}

/** A running `perene dev` is checked as it is; else what it would need, and what the environment names. */
async function examineAll(env: NodeJS.ProcessEnv): Promise<Finding[]> {
  const dataDir = dataDirOf(env, root);
  const parts = embeddedParts(env);
  const running = await readRunning(dataDir);
  if (running !== undefined) {
    const detail = `runs on ${dataDir} (process ${running.pid})`;
    const known = { ...env, ...running.variables };
    return [
      { check: 'perene dev', state: 'note', detail },
      ...(await machineFindings(root, env, parts)),
      ...(await configured(known)),
    ];
  }
  const isEmbedded = Object.values(parts).some((part) => part);
  if (!isEmbedded) return configured(env);
  return [
    { check: 'perene dev', state: 'note', detail: `does not run on ${dataDir}: \`npm start\` starts it` },
    ...(await machineFindings(root, env, parts)),
    ...(await portFindings(wantedPorts({ ports: defaultPorts(env), services: false }, parts))),
  ];
}

async function configured(env: NodeJS.ProcessEnv): Promise<Finding[]> {
  const configuration = await examine('configuration', '', () => {
    readConfiguration(env);
    return 'complete';
  });
  if (configuration.state === 'fault')
    return [{ check: configuration.check, state: 'fault', detail: configuration.detail }];
  return [configuration, ...(await connectionFindings(readConfiguration(env)))];
}
