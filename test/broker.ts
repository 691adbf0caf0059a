import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { embeddedMongodbUri, startMongodbServer } from '../cli/embedded/mongodb-server';
import { freePorts, loopback } from '../cli/embedded/ports';
import { createProcessGroup, type ProcessGroup } from '../cli/embedded/processes';
import { startTemporalServer } from '../cli/embedded/temporal-server';
import { findOnPath, serversOf } from '../cli/setup/servers';

/** Gives test files in any process the servers of this test run, and starts each when it is first asked for. */
export interface Broker {
  /** Origin; `GET /temporal` answers an address, `GET /mongodb` a URI without a database. */
  readonly url: string;
  readonly close: () => Promise<void>;
}

/** Environment of the test run, where servers can be named that are used in place of started ones. */
export interface GivenServers {
  readonly TEST_TEMPORAL_ADDRESS?: string | undefined;
  readonly TEST_MONGODB_URI?: string | undefined;
  readonly PATH?: string | undefined;
}

/** Starts the broker, and no server yet. */
export async function startBroker(root: string, given: GivenServers): Promise<Broker> {
  const folder = await mkdtemp(join(tmpdir(), 'perene-test-'));
  const group = createProcessGroup();
  const place = { root, folder, group };
  const starts: Record<string, () => Promise<string>> = {
    '/temporal': once(async () => given.TEST_TEMPORAL_ADDRESS ?? (await startTemporal(place))),
    '/mongodb': once(async () => given.TEST_MONGODB_URI ?? (await startMongodb(place, given.PATH))),
  };
  const server = createServer((request, response) => {
    // A kept connection may be closed by this side just when the other side uses it again.
    response.setHeader('connection', 'close');
    const start = starts[request.url ?? ''];
    if (start === undefined) {
      response.writeHead(404).end();
      return;
    }
    start().then(
      (address) => response.writeHead(200).end(address),
      (error: unknown) => response.writeHead(503).end(String(error)),
    );
  });
  const [port = 0] = await freePorts(1);
  await new Promise<void>((resolve) => server.listen(port, loopback, resolve));
  return {
    url: `http://${loopback}:${port}`,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await group.stopAll(0);
      group.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

interface Place {
  readonly root: string;
  readonly folder: string;
  readonly group: ProcessGroup;
}

async function startTemporal({ root, folder, group }: Place): Promise<string> {
  const [frontend = 0, http = 0, metrics = 0] = await freePorts(3);
  await startTemporalServer(group, {
    servers: installedServers(root),
    ports: { frontend, http, metrics },
    logFile: join(folder, 'temporal.log'),
  });
  return `${loopback}:${frontend}`;
}

async function startMongodb({ root, folder, group }: Place, path: string | undefined): Promise<string> {
  const [port = 0] = await freePorts(1);
  const mongod = findOnPath('mongod', { PATH: path });
  await startMongodbServer(group, {
    servers: installedServers(root),
    mongod,
    port,
    folder: join(folder, 'mongodb'),
    logFile: join(folder, 'mongodb.log'),
  });
  return embeddedMongodbUri({ mongod, port }, '');
}

function installedServers(root: string): ReturnType<typeof serversOf> {
  const servers = serversOf(root);
  if (!existsSync(servers.temporal))
    throw new Error('The servers are not installed: run `node cli/setup.js`.');
  return servers;
}

function once<T>(start: () => Promise<T>): () => Promise<T> {
  let started: Promise<T> | undefined;
  return () => (started ??= start());
}
