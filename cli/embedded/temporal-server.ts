import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { searchAttributes } from '../../domain/temporal-names';
import type { InstalledServers } from '../setup/servers';
import { loopback } from './ports';
import type { ProcessGroup, RunningProcess } from './processes';
import { ready } from './readiness';

/** How the Temporal CLI's development server is to run. */
export interface TemporalServerOptions {
  readonly servers: InstalledServers;
  /** Ports of loopback; without `ui` there is no UI. */
  readonly ports: {
    readonly frontend: number;
    readonly http: number;
    readonly metrics: number;
    readonly ui?: number;
  };
  /** File that its state is kept in; absent: in memory. */
  readonly stateFile?: string;
  /** Created if missing, beside `default`. */
  readonly namespace?: string;
  readonly logFile: string;
}

/**
 * What differs from the server's defaults: a shorter idle time from start to activity; timers that may be shorter than a
 * second (the default leaves that much for clocks that differ, and here is one clock); no low limit on counting runs; a
 * search attribute that names runs whose workflow task fails twice in a row, by which they are healed; and memory for the
 * runs that are in motion, not for 128,000 that may be asleep.
 */
const dynamicConfiguration = [
  'history.transferProcessorMaxPollRPS=200',
  'history.timerProcessorMaxTimeShift="50ms"',
  'frontend.namespaceRPS.visibility=1000',
  'history.hostLevelCacheMaxSize=4000',
  'history.eventsHostLevelCacheMaxSizeBytes=67108864',
  'system.numConsecutiveWorkflowTaskProblemsToTriggerSearchAttribute=2',
];

/** Starts a Temporal server with Perene's search attributes; resolves once it serves them. */
export async function startTemporalServer(
  group: ProcessGroup,
  options: TemporalServerOptions,
): Promise<RunningProcess> {
  const { logFile, namespace = 'default', ports, servers, stateFile } = options;
  if (stateFile !== undefined) await mkdir(dirname(stateFile), { recursive: true });
  const server = await group.start({
    name: 'Temporal server',
    program: servers.temporal,
    args: argumentsOf(options),
    logFile,
  });
  await ready(server, { probe: () => probe(`${loopback}:${ports.frontend}`, namespace), logFile });
  return server;
}

function argumentsOf({ namespace, ports, stateFile }: TemporalServerOptions): string[] {
  const state = [
    '--db-filename',
    stateFile ?? '',
    '--sqlite-pragma',
    'journal_mode=wal',
    '--sqlite-pragma',
    'synchronous=normal',
  ];
  return [
    ...['server', 'start-dev', '--ip', loopback, '--log-level', 'error'],
    ...[
      '--port',
      String(ports.frontend),
      '--http-port',
      String(ports.http),
      '--metrics-port',
      String(ports.metrics),
    ],
    ...(ports.ui === undefined ? ['--headless'] : ['--ui-port', String(ports.ui), '--ui-disable-news-fetch']),
    ...(stateFile === undefined ? [] : state),
    ...(namespace === undefined ? [] : ['--namespace', namespace]),
    ...dynamicConfiguration.flatMap((setting) => ['--dynamic-config-value', setting]),
    ...Object.values(searchAttributes).flatMap((name) => ['--search-attribute', `${name}=Keyword`]),
  ];
}

async function probe(address: string, namespace: string): Promise<void> {
  const { Connection } = await import('@temporalio/client');
  const connection = await Connection.connect({ address, connectTimeout: 1000 });
  try {
    const registered = await connection.operatorService.listSearchAttributes({ namespace });
    const missing = Object.values(searchAttributes).filter((name) => !(name in registered.customAttributes));
    if (missing.length > 0) throw new Error(`search attributes not yet registered: ${missing.join(', ')}`);
  } finally {
    await connection.close();
  }
}
