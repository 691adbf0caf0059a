import { join, resolve } from 'node:path';
import { loopback } from '../embedded/ports';
import { embeddedMongodbUri } from '../embedded/mongodb-server';
import type { Keys } from './keys';

type Environment = Readonly<Record<string, string | undefined>>;

/** Ports that `perene dev` listens on. */
export interface DevPorts {
  readonly api: number;
  readonly temporal: number;
  readonly temporalUi: number;
  readonly mongodb: number;
  readonly smtp: number;
  readonly mailbox: number;
  readonly sms: number;
}

/** Which servers are embedded: those that the environment names no other for. */
export interface EmbeddedParts {
  readonly temporal: boolean;
  readonly mongodb: boolean;
  readonly mailbox: boolean;
  readonly sms: boolean;
}

/** Which servers to start in place of those that the environment leaves open. An empty variable counts as not set. */
export function embeddedParts(env: Environment): EmbeddedParts {
  const isOpen = (name: string): boolean => (env[name] ?? '').trim() === '';
  return {
    temporal: isOpen('TEMPORAL_ADDRESS'),
    mongodb: isOpen('MONGODB_URI'),
    mailbox: isOpen('SMTP_URL'),
    sms: Object.keys(env).every((name) => !name.startsWith('TWILIO_') || isOpen(name)),
  };
}

/** Where `perene dev` keeps its files: `PERENE_DATA_DIR`, else `.perene` in the checkout. */
export function dataDirOf(env: Environment, root: string): string {
  return resolve(env['PERENE_DATA_DIR'] || join(root, '.perene'));
}

/** What a plan is made from. */
export interface PlanOptions {
  readonly env: Environment;
  readonly dataDir: string;
  readonly ports: DevPorts;
  readonly keys: Keys;
  /** Full path of the `mongod` that the embedded MongoDB is, if it is one. */
  readonly mongod: string | undefined;
}

/** The variables that lead the API and the worker to the embedded servers, and to what else is the same for both. */
export function developmentVariables(options: PlanOptions): Record<string, string> {
  const { dataDir, env, keys, mongod, ports } = options;
  const parts = embeddedParts(env);
  const publicUrl = env['PUBLIC_URL'] || `http://localhost:${ports.api}`;
  return {
    PORT: String(ports.api),
    PUBLIC_URL: publicUrl,
    PERENE_DATA_DIR: dataDir,
    PERENE_WRITE_KEY: env['PERENE_WRITE_KEY'] || keys.PERENE_WRITE_KEY,
    PERENE_ADMIN_KEY: env['PERENE_ADMIN_KEY'] || keys.PERENE_ADMIN_KEY,
    PERENE_SECRET: env['PERENE_SECRET'] || keys.PERENE_SECRET,
    ...(parts.temporal && {
      TEMPORAL_ADDRESS: `${loopback}:${ports.temporal}`,
      TEMPORAL_UI_URL: `http://localhost:${ports.temporalUi}`,
    }),
    ...(parts.mongodb && { MONGODB_URI: embeddedMongodbUri({ mongod, port: ports.mongodb }, 'perene') }),
    ...(parts.mailbox && {
      SMTP_URL: `smtp://${loopback}:${ports.smtp}`,
      MAILBOX_URL: `http://localhost:${ports.mailbox}`,
    }),
    ...(parts.sms && {
      TWILIO_ACCOUNT_SID: keys.TWILIO_ACCOUNT_SID,
      TWILIO_AUTH_TOKEN: keys.TWILIO_AUTH_TOKEN,
      TWILIO_MESSAGING_SERVICE_SID: keys.TWILIO_MESSAGING_SERVICE_SID,
      TWILIO_BASE_URL: `http://${loopback}:${ports.sms}`,
    }),
  };
}
