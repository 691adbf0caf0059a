import { z } from 'zod';

import { logLevels, type Configuration, type DkimKey, type TwilioConfiguration } from './configuration';
import { businessOf, businessVariables } from './configuration-business';
import { hostList, originList, payloadKeyList, retentionList, topicList } from './configuration-lists';
import { isMailServers } from './mail-servers';

const text = z.string();
const port = z.coerce
  .number('must be a port number')
  .int()
  .min(1, 'must be from 1 to 65535')
  .max(65535, 'must be from 1 to 65535');
const rate = z.coerce.number('must be a number').positive('must be above 0');
const count = z.coerce.number('must be a number').int().min(1, 'must be 1 or more');
const origin = z
  .url({ protocol: /^https?$/, error: 'must be an http:// or https:// address' })
  .transform((url) => url.replace(/\/+$/, ''));
const sid = (prefix: string): z.ZodString =>
  text.regex(new RegExp(`^${prefix}[0-9a-fA-F]{32}$`), `must be ${prefix} and 32 hexadecimal digits`);

/** Every variable that Perene reads, and no other. An empty value counts as not set. */
const environment = z.object({
  PORT: port.default(3000).describe('Port of the API and the console.'),
  PUBLIC_URL: origin
    .optional()
    .describe(
      'Address at which customers reach the API: links in messages start with it. Default: http://localhost:PORT.',
    ),
  MONGODB_URI: text
    .regex(/^mongodb(\+srv)?:\/\/[^/]/, 'must start with mongodb:// or mongodb+srv:// and name a host')
    .describe('MongoDB replica set and database, e.g. mongodb://localhost:27017/perene?replicaSet=rs0.'),
  TEMPORAL_ADDRESS: text
    .regex(/^[^\s/]+:\d+$/, 'must be host:port, without a scheme')
    .describe('Temporal frontend, e.g. localhost:7233.'),
  TEMPORAL_NAMESPACE: text.default('default').describe('Temporal namespace.'),
  TEMPORAL_UI_URL: origin.optional().describe('Temporal UI, for links, e.g. http://localhost:8233.'),
  SMTP_URL: text
    .refine(isMailServers, 'must be an smtp:// or smtps:// address, or several with spaces between')
    .describe(
      'Mail server, e.g. smtps://user:password@smtp.example.com or smtp://localhost:1025. Several with spaces between: the next one is used while one does not answer or has sent its ?rate=20 of this second.',
    ),
  MAIL_FROM: text
    .regex(/^[^<>\r\n]*<?[^\s<>@]+@[^\s<>@]+>?$/, 'must be an address or Name <address>')
    .default('Perene <ola@perene.example>')
    .describe('Sender of e-mails: an address of a domain that SMTP_URL may send for.'),
  MAIL_BOUNCES: text
    .regex(/^[^\s<>@]+@[^\s<>@]+$/, 'must be an address')
    .optional()
    .describe(
      "Where mail servers report what they could not deliver; what arrives there goes to POST /v1/inbound/email. Default: the sender's address.",
    ),
  DKIM_DOMAIN: text
    .regex(/^[\w-]+(\.[\w-]+)+$/, 'must be a domain')
    .optional()
    .describe("Domain that signs e-mails. Default: the sender's."),
  DKIM_SELECTOR: text
    .regex(/^[\w-]+(\.[\w-]+)*$/, 'must be a DKIM selector')
    .optional()
    .describe('Selector of the DKIM key: its public half is the TXT record <selector>._domainkey.<domain>.'),
  DKIM_PRIVATE_KEY: text
    .transform(readPem)
    .refine((pem) => pem.startsWith('-----BEGIN '), 'must be an RSA private key: PEM, or PEM in base64')
    .optional()
    .describe(
      'Private DKIM key, RSA: PEM with \\n for its line breaks, or the base64 of it. Not set: nothing is signed.',
    ),
  MAILBOX_API_URL: origin
    .optional()
    .describe(
      'Where the API reaches the mail catcher (MailDev or Mailpit), to delete the mails of who is erased. Default: MAILBOX_URL.',
    ),
  MAILBOX_URL: origin.optional().describe('Page of a mail catcher, for links. Only where SMTP_URL is one.'),
  EMAIL_RATE: rate.default(100).describe('Most e-mails per second, all workers together.'),
  TRACKING: z
    .enum(['on', 'off'], 'must be on or off')
    .default('on')
    .describe('Whether openings and clicks of messages are recorded; a customer can refuse by themselves.'),
  TWILIO_ACCOUNT_SID: sid('AC').optional().describe('Twilio account, AC...'),
  TWILIO_AUTH_TOKEN: text.optional().describe('Twilio auth token.'),
  TWILIO_MESSAGING_SERVICE_SID: sid('MG')
    .optional()
    .describe('Twilio messaging service that sends the SMS, MG...'),
  TWILIO_BASE_URL: origin
    .optional()
    .describe("Server that speaks Twilio's API in its place. Default: https://api.twilio.com."),
  SMS_RATE: rate.default(10).describe('Most text messages per second, all workers together.'),
  PERENE_WRITE_KEY: text
    .min(16, 'must have 16 characters or more')
    .describe('Key that lets a program send events: 16 characters or more.'),
  PERENE_ADMIN_KEY: text
    .min(16, 'must have 16 characters or more')
    .describe('Key to everything else in the API and to the console: 16 characters or more.'),
  PERENE_SECRET: text
    .min(32, 'must have 32 characters or more')
    .describe(
      'Signs links in messages: 32 random characters or more, e.g. from `openssl rand -hex 32`. A new one makes old links invalid.',
    ),
  PERENE_DATA_DIR: text.default('.perene').describe('Folder for what is kept outside the databases.'),
  ...businessVariables,
  DOUBLE_OPT_IN: topicList.describe(
    'Topics for which a yes to e-mail counts only once it was confirmed from the mailbox, e.g. offers,service, or all. Not set: none.',
  ),
  DOUBLE_OPT_IN_DAYS: count
    .max(30, 'must be 30 or less')
    .default(7)
    .describe('Days for which the link to confirm works.'),
  GLOBAL_HOLDOUT: z.coerce
    .number('must be a number')
    .min(0, 'must be from 0 to 50')
    .max(50, 'must be from 0 to 50')
    .default(0)
    .describe(
      'Share of all customers who never get marketing, percent: what they do less of is its whole effect.',
    ),
  LOG_LEVEL: z
    .enum(logLevels, `must be one of ${logLevels.join(', ')}`)
    .default('info')
    .describe('Least level of log lines that are written.'),
  RETENTION: retentionList.describe(
    'Days after which records are deleted where they differ from the defaults, e.g. events=1825,decisions=400. See docs/privacy.md.',
  ),
  PERENE_PAYLOAD_KEYS: payloadKeyList
    .optional()
    .describe(
      'Encrypts what Temporal keeps: id:key pairs, each key 32 bytes in Base64, e.g. 2026:$(openssl rand -base64 32). The first encrypts, all decrypt. Not set: ids and codes stand there in clear.',
    ),
  RATE_LIMIT_WRITE: count.default(300_000).describe('Most requests per minute with one write key.'),
  RATE_LIMIT_ADMIN: count.default(60_000).describe('Most requests per minute with one admin or read key.'),
  RATE_LIMIT_PUBLIC: count
    .default(6_000)
    .describe('Most requests per minute without a key from one address, e.g. to pages behind links.'),
  TRUST_PROXY: z.coerce
    .number('must be a number')
    .int()
    .min(0)
    .max(10)
    .default(0)
    .describe(
      "How many proxies stand before the API: so many are believed when they tell a caller's address.",
    ),
  CORS_ORIGINS: originList.describe(
    "Origins of web pages whose browsers may send events with Segment's client, e.g. https://www.example.com; * is all.",
  ),
  WEBHOOK_HOSTS: hostList.describe(
    'Hosts that webhooks may call over plain HTTP and at addresses that are not public, e.g. crm.internal:8080. All others need HTTPS and a public address.',
  ),
  CACHED_RUNS: count
    .default(200)
    .describe(
      'Most runs that a worker keeps in memory between their steps, about 0.3 MB each. One that waits and is not kept costs the worker nothing.',
    ),
  METRICS_PORT: port
    .optional()
    .describe("Port of the worker's metrics, at /metrics for Prometheus. Not set: it serves none."),
});

/** One environment variable, for documentation and `perene doctor`. */
export interface ConfigurationVariable {
  readonly name: string;
  readonly description: string;
  /** Whether a process can't start without it. */
  readonly required: boolean;
}

/** Every environment variable that {@link readConfiguration} reads, in the order of the documentation. */
export const configurationVariables: readonly ConfigurationVariable[] = Object.entries(environment.shape).map(
  ([name, schema]) => ({
    name,
    description: schema.description ?? '',
    required: !schema.safeParse(undefined).success,
  }),
);

/**
 * Reads the configuration from environment variables.
 *
 * @throws Error - one that names every variable that is missing or wrong, and says what to give. It never quotes a value.
 */
export function readConfiguration(env: Readonly<Record<string, string | undefined>>): Configuration {
  const given: Record<string, string> = {};
  for (const [name, value] of Object.entries(env)) {
    if (value !== undefined && value.trim() !== '') given[name] = value;
  }
  const parsed = environment.safeParse(given);
  const problems = [
    ...(parsed.error?.issues ?? []).map((issue) =>
      problem(String(issue.path[0]), String(issue.path[0]) in given && issue.message),
    ),
    ...crossChecks(given),
  ];
  if (!parsed.success || problems.length > 0) {
    throw new Error(
      ['The configuration is not complete. Set these environment variables:', ...problems].join('\n  '),
    );
  }
  return configuration(parsed.data);
}

function configuration(env: z.output<typeof environment>): Configuration {
  return {
    http: { port: env.PORT, publicUrl: env.PUBLIC_URL ?? `http://localhost:${env.PORT}` },
    access: {
      trustedProxies: env.TRUST_PROXY,
      corsOrigins: env.CORS_ORIGINS,
      requestsPerMinute: {
        write: env.RATE_LIMIT_WRITE,
        admin: env.RATE_LIMIT_ADMIN,
        public: env.RATE_LIMIT_PUBLIC,
      },
    },
    mongodb: { uri: env.MONGODB_URI, database: databaseOf(env.MONGODB_URI) },
    temporal: {
      address: env.TEMPORAL_ADDRESS,
      namespace: env.TEMPORAL_NAMESPACE,
      ...(env.TEMPORAL_UI_URL !== undefined && { uiUrl: env.TEMPORAL_UI_URL }),
      ...(env.PERENE_PAYLOAD_KEYS !== undefined && { payloadKeys: env.PERENE_PAYLOAD_KEYS }),
    },
    email: {
      smtpUrl: env.SMTP_URL,
      from: env.MAIL_FROM,
      ratePerSecond: env.EMAIL_RATE,
      ...(env.MAIL_BOUNCES !== undefined && { bounces: env.MAIL_BOUNCES }),
      ...dkim(env),
      ...(env.MAILBOX_URL !== undefined && { mailboxUrl: env.MAILBOX_URL }),
      ...(env.MAILBOX_API_URL !== undefined && { mailboxApiUrl: env.MAILBOX_API_URL }),
    },
    tracking: env.TRACKING === 'on',
    sms: { ratePerSecond: env.SMS_RATE, ...twilio(env) },
    keys: { write: env.PERENE_WRITE_KEY, admin: env.PERENE_ADMIN_KEY, secret: env.PERENE_SECRET },
    business: businessOf(env),
    webhookHosts: env.WEBHOOK_HOSTS,
    retention: env.RETENTION,
    globalHoldout: env.GLOBAL_HOLDOUT,
    doubleOptIn: { topics: env.DOUBLE_OPT_IN, days: env.DOUBLE_OPT_IN_DAYS },
    dataDir: env.PERENE_DATA_DIR,
    logLevel: env.LOG_LEVEL,
    cachedRuns: env.CACHED_RUNS,
    ...(env.METRICS_PORT !== undefined && { metricsPort: env.METRICS_PORT }),
  };
}

function dkim(env: z.output<typeof environment>): { dkim?: DkimKey } {
  const { MAIL_FROM: from, DKIM_SELECTOR: selector, DKIM_PRIVATE_KEY: privateKey } = env;
  if (selector === undefined || privateKey === undefined) return {};
  return { dkim: { domain: env.DKIM_DOMAIN ?? domainOf(from), selector, privateKey } };
}

function twilio(env: z.output<typeof environment>): { twilio?: TwilioConfiguration } {
  const {
    TWILIO_ACCOUNT_SID: accountSid,
    TWILIO_AUTH_TOKEN: authToken,
    TWILIO_MESSAGING_SERVICE_SID: messagingServiceSid,
  } = env;
  if (accountSid === undefined || authToken === undefined || messagingServiceSid === undefined) return {};
  return {
    twilio: {
      accountSid,
      authToken,
      messagingServiceSid,
      baseUrl: env.TWILIO_BASE_URL ?? 'https://api.twilio.com',
    },
  };
}

/** What no single variable can tell: Twilio and DKIM are given whole or not at all, and the two keys open different doors. */
function crossChecks(given: Readonly<Record<string, string>>): string[] {
  const credentials = ['TWILIO_ACCOUNT_SID', 'TWILIO_AUTH_TOKEN', 'TWILIO_MESSAGING_SERVICE_SID'];
  const usesTwilio = [...credentials, 'TWILIO_BASE_URL'].some((name) => name in given);
  const missing = usesTwilio ? credentials.filter((name) => !(name in given)) : [];
  const dkimPair = ['DKIM_SELECTOR', 'DKIM_PRIVATE_KEY'];
  const dkimHalf = ['DKIM_DOMAIN', ...dkimPair].some((name) => name in given);
  const dkimMissing = dkimHalf ? dkimPair.filter((name) => !(name in given)) : [];
  const sameKey =
    given['PERENE_WRITE_KEY'] !== undefined && given['PERENE_WRITE_KEY'] === given['PERENE_ADMIN_KEY'];
  return [
    ...missing.map((name) => `${problem(name, false)} To send no SMS, unset every TWILIO_ variable.`),
    ...dkimMissing.map((name) => `${problem(name, false)} To sign nothing, unset every DKIM_ variable.`),
    ...(sameKey ? [problem('PERENE_ADMIN_KEY', 'must differ from PERENE_WRITE_KEY')] : []),
  ];
}

function problem(name: string, fault: string | false): string {
  const description = configurationVariables.find((variable) => variable.name === name)?.description ?? '';
  return `${name} ${fault === false ? 'is missing' : fault}. ${description}`;
}

/** A key on several lines, from what fits into a variable: `\\n` for each line break, or base64. */
function readPem(given: string): string {
  const text = given.replaceAll('\\n', '\n').trim();
  if (text.startsWith('-----')) return `${text}\n`;
  return Buffer.from(text, 'base64').toString('utf8');
}

const domainOf = (from: string): string => /@([^\s<>@]+)>?\s*$/.exec(from)?.[1] ?? 'localhost';

function databaseOf(mongodbUri: string): string {
  const name = /^[^:]+:\/\/[^/?]+\/([^?]+)/.exec(mongodbUri)?.[1];
  return name === undefined ? 'perene' : decodeURIComponent(name);
}
