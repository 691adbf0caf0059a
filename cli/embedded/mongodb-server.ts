import { mkdir } from 'node:fs/promises';
import type { MongoClient } from 'mongodb';
import type { InstalledServers } from '../setup/servers';
import { loopback } from './ports';
import type { ProcessGroup, RunningProcess } from './processes';
import { ready } from './readiness';

/** How the embedded MongoDB is to run. */
export interface MongodbServerOptions {
  readonly servers: InstalledServers;
  /** Full path of a `mongod`, used in place of the MongoDB-compatible server of the private Python environment. */
  readonly mongod?: string | undefined;
  readonly port: number;
  /** Folder that its data is kept in; made if missing. */
  readonly folder: string;
  readonly logFile: string;
}

/** Starts a replica set of one MongoDB server; resolves once it accepts writes. */
export async function startMongodbServer(
  group: ProcessGroup,
  options: MongodbServerOptions,
): Promise<RunningProcess> {
  await mkdir(options.folder, { recursive: true });
  const command = options.mongod === undefined ? secantusd(options) : mongod(options, options.mongod);
  const server = await group.start({ ...command, logFile: options.logFile });
  await ready(server, { probe: () => probe(options), logFile: options.logFile });
  return server;
}

/** URI of a database of the embedded MongoDB. */
export function embeddedMongodbUri(
  options: Pick<MongodbServerOptions, 'mongod' | 'port'>,
  database: string,
): string {
  return `mongodb://${loopback}:${options.port}/${database}?replicaSet=${replicaSetOf(options)}`;
}

/** The set's name can't be chosen in the MongoDB-compatible server. */
function replicaSetOf({ mongod }: Pick<MongodbServerOptions, 'mongod'>): string {
  return mongod === undefined ? 'secantus' : 'perene';
}

function secantusd({ folder, port, servers }: MongodbServerOptions) {
  const place = ['--host', loopback, '--port', String(port), '--storage-path', folder];
  return {
    name: 'MongoDB-compatible server',
    program: servers.python,
    args: ['-m', 'secantus', ...place, '--log-level', 'WARNING'],
  };
}

function mongod(options: MongodbServerOptions, program: string) {
  const place = ['--bind_ip', loopback, '--port', String(options.port), '--dbpath', options.folder];
  return { name: 'mongod', program, args: [...place, '--replSet', replicaSetOf(options), '--quiet'] };
}

async function probe(options: MongodbServerOptions): Promise<void> {
  const { MongoClient } = await import('mongodb');
  const host = `${loopback}:${options.port}`;
  const client = new MongoClient(`mongodb://${host}/?directConnection=true`, {
    serverSelectionTimeoutMS: 500,
  });
  try {
    const hello = await client.db('admin').command({ hello: 1 });
    if (hello['isWritablePrimary'] === true) return;
    if (options.mongod !== undefined)
      await initiate(client, { _id: replicaSetOf(options), members: [{ _id: 0, host }] });
    throw new Error('no primary yet');
  } finally {
    await client.close();
  }
}

async function initiate(
  client: MongoClient,
  set: { _id: string; members: { _id: number; host: string }[] },
): Promise<void> {
  try {
    await client.db('admin').command({ replSetInitiate: set });
  } catch (error) {
    if (!(error instanceof Error && 'codeName' in error && error.codeName === 'AlreadyInitialized'))
      throw error;
  }
}
