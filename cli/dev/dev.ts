import { readConfiguration } from '../../domain/configuration-schema';
import { root } from '../setup/index';
import { findOnPath } from '../setup/servers';
import { claimPorts } from './claim-ports';
import { wantedPorts } from './default-ports';
import { keysOf } from './keys';
import { dataDirOf, developmentVariables, embeddedParts, type DevPorts, type EmbeddedParts } from './plan';
import { startApi, startWorker, type ProgramOptions } from './programs';
import { claimDataDir, type Claim } from './running';
import { serverStarts, startSms } from './servers';
import { createStage, type Stage } from './stage';

/** What `perene dev` is to do. */
export interface DevOptions {
  /** Start the embedded servers only, not the API and the worker. */
  readonly services: boolean;
  readonly ports: DevPorts;
  readonly env: NodeJS.ProcessEnv;
  /** Gets lines for people about what happens. */
  readonly report: (line: string) => void;
  /** Ends a start that is under way. */
  readonly signal: AbortSignal;
}

/** All that was started. */
export interface DevSystem {
  /** The environment variables that lead to it. */
  readonly variables: Readonly<Record<string, string>>;
  readonly dataDir: string;
  readonly parts: EmbeddedParts;
  /** Resolves, with the reason, when a part can't be kept running. */
  readonly failed: Promise<Error>;
  /** Stops the API and the worker, then the servers. */
  stop(): Promise<void>;
  /** Kills every process; for a stop that takes too long. */
  kill(): Promise<void>;
}

/** After a crash, how long the servers of the run before may take to end. */
const patienceMs = 15_000;

/**
 * Starts Perene on one machine: the servers that the environment names no other for, the API and a worker.
 *
 * @throws Error - what is in the way, or that it was told to end; everything that was started is stopped again by then.
 */
export async function startDev(options: DevOptions): Promise<DevSystem> {
  const dataDir = dataDirOf(options.env, root);
  const claim = await claimDataDir(dataDir);
  const stage = createStage(options.report);
  const stop = () => void stage.stop();
  options.signal.addEventListener('abort', stop, { once: true });
  try {
    const system = await startAll(options, { claim, dataDir, stage });
    options.signal.throwIfAborted();
    options.signal.removeEventListener('abort', stop);
    return system;
  } catch (error) {
    await stage.stop();
    await claim.release();
    throw error;
  }
}

interface Place {
  readonly claim: Claim;
  readonly dataDir: string;
  readonly stage: Stage;
}

async function startAll(options: DevOptions, { claim, dataDir, stage }: Place): Promise<DevSystem> {
  const { env, ports, report, services } = options;
  const parts = embeddedParts(env);
  const mongod = findOnPath('mongod', env);
  const keys = await keysOf(dataDir);
  const variables = developmentVariables({ env, dataDir, ports, keys, mongod });
  const configuration = readConfiguration({ ...env, ...variables });
  await claimPorts(wantedPorts(options, parts), claim.afterCrash ? patienceMs : 0);

  const { temporal, http } = configuration;
  const server = {
    ...{ root, dataDir, parts, ports, mongod, namespace: temporal.namespace },
    sms: {
      account: {
        accountSid: keys.TWILIO_ACCOUNT_SID,
        authToken: keys.TWILIO_AUTH_TOKEN,
        messagingServiceSid: keys.TWILIO_MESSAGING_SERVICE_SID,
      },
      inboundUrl: `${http.publicUrl}/webhooks/twilio/inbound`,
    },
  };
  const sms = await startSms(server);
  if (sms !== undefined) stage.onStop(() => sms.close());
  await Promise.all(serverStarts(stage.group, server).map(({ name, start }) => stage.server(name, start)));
  if (!services) {
    const program: ProgramOptions = { root, dataDir, env: { ...env, ...variables }, report };
    await Promise.all([
      stage.program('API', () => startApi(stage.group, { ...program, port: ports.api })),
      stage.program('worker', () => startWorker(stage.group, { ...program, temporal })),
    ]);
  }
  await claim.publish(variables);
  return {
    variables,
    dataDir,
    parts,
    failed: stage.failed,
    async stop() {
      await stage.stop();
      await claim.release();
    },
    kill: () => stage.kill(),
  };
}
