import { join } from 'node:path';
import { serversOf } from '../setup/servers';
import { startMailbox } from '../embedded/mailbox';
import { startMongodbServer } from '../embedded/mongodb-server';
import { freePorts } from '../embedded/ports';
import type { ProcessGroup, RunningProcess } from '../embedded/processes';
import { smsStandIn } from '../embedded/sms-stand-in';
import { startTemporalServer } from '../embedded/temporal-server';
import type { TwilioAccount } from '../embedded/twilio-resources';
import type { DevPorts, EmbeddedParts } from './plan';

/** How the embedded servers are to run. */
export interface ServerOptions {
  readonly root: string;
  readonly dataDir: string;
  readonly parts: EmbeddedParts;
  readonly ports: DevPorts;
  readonly mongod: string | undefined;
  readonly namespace: string;
  readonly sms: { readonly account: TwilioAccount; readonly inboundUrl: string };
}

/** Older text messages make room for new ones. */
const mostTextMessages = 1000;

/** For each embedded server that is a process, its name and how to start it. */
export function serverStarts(
  group: ProcessGroup,
  options: ServerOptions,
): { readonly name: string; readonly start: () => Promise<RunningProcess> }[] {
  const { dataDir, mongod, namespace, parts, ports, root } = options;
  const servers = serversOf(root);
  const logFile = (name: string): string => join(dataDir, 'logs', `${name}.log`);
  const temporal = async () => {
    const [http = 0, metrics = 0] = await freePorts(2);
    return startTemporalServer(group, {
      servers,
      ports: { frontend: ports.temporal, ui: ports.temporalUi, http, metrics },
      stateFile: join(dataDir, 'temporal', 'temporal.db'),
      namespace,
      logFile: logFile('temporal'),
    });
  };
  const mongodb = () =>
    startMongodbServer(group, {
      servers,
      mongod,
      port: ports.mongodb,
      folder: join(dataDir, mongod === undefined ? 'secantus' : 'mongod'),
      logFile: logFile('mongodb'),
    });
  const mailbox = () =>
    startMailbox(group, {
      ports: { smtp: ports.smtp, page: ports.mailbox },
      folder: join(dataDir, 'mail'),
      logFile: logFile('mailbox'),
    });
  return [
    ...(parts.temporal ? [{ name: 'Temporal', start: temporal }] : []),
    ...(parts.mongodb ? [{ name: 'MongoDB', start: mongodb }] : []),
    ...(parts.mailbox ? [{ name: 'mailbox', start: mailbox }] : []),
  ];
}

/** Starts the SMS stand-in, within this process, where it is embedded. */
export async function startSms({
  parts,
  ports,
  sms,
}: ServerOptions): Promise<{ close(): Promise<void> } | undefined> {
  return parts.sms ? smsStandIn({ ...sms, port: ports.sms, limit: mostTextMessages }) : undefined;
}
