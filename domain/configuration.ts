import type { DoubleOptIn } from './double-opt-in';
import type { PayloadKey } from './configuration-lists';
import type { Locale } from './locale';
import type { Currency } from './money';
import type { Retention } from './retention';

/** What a process of Perene needs to know to run. Made by `readConfiguration`, then passed on as an argument. */
export interface Configuration {
  readonly http: {
    readonly port: number;
    /** Origin that links in messages and webhooks start with, without a trailing slash. */
    readonly publicUrl: string;
  };
  /** Who may ask the API, and how often. */
  readonly access: {
    /** How many proxies before the API are believed when they tell a caller's address. */
    readonly trustedProxies: number;
    /** Origins of web pages whose browsers may send events; `*` is all. */
    readonly corsOrigins: readonly string[];
    /** Most requests per minute: with one write key, with one other key, and without a key from one address. */
    readonly requestsPerMinute: { readonly write: number; readonly admin: number; readonly public: number };
  };
  readonly mongodb: {
    readonly uri: string;
    /** Name of the database, from the path of the URI; `perene` where it names none. */
    readonly database: string;
  };
  readonly temporal: {
    /** `host:port` of the frontend's gRPC service. */
    readonly address: string;
    readonly namespace: string;
    /** Origin of the Temporal UI for links, without a trailing slash; absent where none is reachable. */
    readonly uiUrl?: string;
    /** Keys for payloads, the one that encrypts first; absent: they are not encrypted. */
    readonly payloadKeys?: readonly PayloadKey[];
  };
  readonly email: {
    /** One mail server or several, separated by spaces, the preferred one first; `mailServers` reads it. */
    readonly smtpUrl: string;
    /** Where servers report what they could not deliver; absent: the sender's address. */
    readonly bounces?: string;
    /** Absent: the mail server signs, or nobody does. */
    readonly dkim?: DkimKey;
    /** `Name <address>` or a bare address. */
    readonly from: string;
    /** Most e-mails per second of all workers together. */
    readonly ratePerSecond: number;
    /** Page that shows caught mail; only where a mail catcher is in use. */
    readonly mailboxUrl?: string;
    /** Where the mail catcher answers to processes; absent: at `mailboxUrl`. */
    readonly mailboxApiUrl?: string;
  };
  readonly sms: {
    /** Most text messages per second of all workers together. */
    readonly ratePerSecond: number;
    /** Absent: this installation has no SMS channel. */
    readonly twilio?: TwilioConfiguration;
  };
  /** Whether openings and clicks are recorded, of customers who do not mind. */
  readonly tracking: boolean;
  readonly keys: {
    readonly write: string;
    readonly admin: string;
    /** Signs public links. */
    readonly secret: string;
  };
  readonly business: {
    readonly name: string;
    /** IANA zone of customers whose own zone is unknown. */
    readonly timeZone: string;
    readonly locale: Locale;
    /** Currency of amounts that name none. */
    readonly currency: Currency;
    /** Postal address, on one line. */
    readonly address?: string;
    readonly url?: string;
    /** As customers read it. */
    readonly phone?: string;
  };
  /** Hosts that webhooks may call over plain HTTP and at addresses that are not public, as `host` or `host:port`. */
  readonly webhookHosts: readonly string[];
  /** Days after which each kind of record is deleted. */
  readonly retention: Retention;
  /** Share of all customers who never get marketing, percent. */
  readonly globalHoldout: number;
  readonly doubleOptIn: DoubleOptIn;
  /** Folder for what is kept outside the databases. */
  readonly dataDir: string;
  readonly logLevel: (typeof logLevels)[number];
  /** Most runs that a worker keeps in memory between their steps. */
  readonly cachedRuns: number;
  /** Port of the worker's `/metrics`, for Prometheus; absent: it serves none. */
  readonly metricsPort?: number;
}

/** The key under which e-mails are signed (RFC 6376). */
export interface DkimKey {
  readonly domain: string;
  readonly selector: string;
  /** PEM. */
  readonly privateKey: string;
}

/** How to reach Twilio, or a server that speaks its API. */
export interface TwilioConfiguration {
  readonly accountSid: string;
  readonly authToken: string;
  readonly messagingServiceSid: string;
  /** Origin of the API, without a trailing slash. */
  readonly baseUrl: string;
}

/** Levels of the log, from the fewest lines to the most, and none. */
export const logLevels = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;
