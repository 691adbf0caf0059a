import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readConfiguration } from '../domain/configuration-schema';
import type { Configuration } from '../domain/configuration';
import type { ContactPolicy } from '../domain/contact-policy';
import type { CustomerDocument } from '../store/customers';
import { openStore, type Store } from '../store/store';
import { renderEmail, renderSms } from '../templates/render';
import type { EnrolmentRef, SendRequest, SendResult } from '../activities/contract';
import { createMessaging, type Messaging } from '../activities/messaging/messaging';
import { createHandoverLog, type HandoverLog } from '../activities/messaging/handover-log';
import { createMailProvider } from '../activities/messaging/mail-providers';
import { createTurns, type Turns } from '../activities/messaging/turns';
import { createTwilioProvider } from '../activities/messaging/twilio';
import { customer } from './builders';
import {
  mailSink,
  smsStandIn,
  testDatabase,
  type MailSink,
  type SmsStandIn,
  type TestDatabase,
} from './servers';

/** Wednesday, noon in São Paulo; far ahead, for the database drops what has expired by its own clock. */
export const noon = Date.parse('2096-03-07T15:00:00Z');

/** Log of a test: nobody reads it. */
export const silent = { debug: () => undefined };

/** Configuration of a dealership whose providers are the given servers. */
export function messagingConfiguration({ mail, texts }: Servers): Configuration {
  return readConfiguration({
    PUBLIC_URL: 'http://localhost:3999',
    MONGODB_URI: 'mongodb://localhost/unused',
    TEMPORAL_ADDRESS: 'localhost:1',
    SMTP_URL: mail.url,
    MAIL_FROM: 'Perene Motors <ola@motors.example>',
    EMAIL_RATE: '20',
    SMS_RATE: '2',
    TWILIO_ACCOUNT_SID: texts.account.accountSid,
    TWILIO_AUTH_TOKEN: texts.account.authToken,
    TWILIO_MESSAGING_SERVICE_SID: texts.account.messagingServiceSid,
    TWILIO_BASE_URL: texts.url,
    PERENE_WRITE_KEY: 'write-key-of-the-tests',
    PERENE_ADMIN_KEY: 'admin-key-of-the-tests',
    PERENE_SECRET: 'a secret of the tests, long enough to be one',
    PERENE_DATA_DIR: mkdtempSync(join(tmpdir(), 'perene-messaging-')),
  });
}

interface Servers {
  readonly mail: Pick<MailSink, 'url'>;
  readonly texts: Pick<SmsStandIn, 'url' | 'account'>;
}

/** A clock that a test sets. */
export interface TestClock {
  /** Epoch milliseconds. */
  time: number;
}

/** The real parts of sending: a database, a mail server, a stand-in for Twilio, and messaging on top of them. */
export interface MessagingWorld {
  readonly database: TestDatabase;
  readonly store: Store;
  readonly mail: MailSink;
  readonly texts: SmsStandIn;
  readonly configuration: Configuration;
  readonly clock: TestClock;
  send(request: SendRequest): Promise<SendResult>;
  /** Messaging on the same parts with other settings. */
  with(settings: Settings): Messaging;
  /** Stores a customer who can be sent everything, with some changes. */
  enrol(change?: Partial<CustomerDocument>): Promise<CustomerDocument>;
  close(): Promise<void>;
}

interface Settings {
  readonly policy?: ContactPolicy;
  readonly withoutSms?: boolean;
  /** For how long Twilio's answer is waited for, milliseconds. */
  readonly smsTimeout?: number;
  readonly smtpUrl?: string;
  readonly globalHoldout?: number;
  /** Where handovers are written down; the world's own folder by default. */
  readonly handoverFolder?: string;
  /** Tells of handovers in place of a log in that folder. */
  readonly handovers?: HandoverLog;
  /** Turns of a channel; as many as anybody asks for by default. */
  readonly turns?: Turns;
}

/** Turns that no test waits for. */
export const manyTurns = (store: Pick<Store, 'sendSlots'>): Turns =>
  createTurns({ store, rates: { email: 1_000, sms: 1_000 }, now: Date.now });

/** Starts a world; its clock stands at {@link noon}. */
export async function messagingWorld(): Promise<MessagingWorld> {
  const [database, mail, texts] = await Promise.all([testDatabase(), mailSink(), smsStandIn()]);
  const store = await openStore(database.db, database.client);
  const configuration = messagingConfiguration({ mail, texts });
  const clock: TestClock = { time: noon };
  const closing: (() => void)[] = [];

  const messaging = (settings: Settings) => {
    const {
      policy,
      withoutSms = false,
      smsTimeout = 15_000,
      smtpUrl = mail.url,
      globalHoldout = 0,
    } = settings;
    const folder = settings.handoverFolder ?? join(configuration.dataDir, 'handover');
    const { handovers = createHandoverLog(folder), turns = manyTurns(store) } = settings;
    const email = createMailProvider(
      { ...configuration.email, smtpUrl },
      { takePlace: store.sendSlots.takeNow, now: () => clock.time },
    );
    closing.push(
      () => email.close(),
      () => handovers.close(),
    );
    const { twilio } = configuration.sms;
    return createMessaging({
      store,
      email,
      handovers,
      turns,
      sms: twilio && !withoutSms ? createTwilioProvider(twilio, { timeout: smsTimeout }) : null,
      renderer: { renderEmail, renderSms },
      configuration: { ...configuration, globalHoldout },
      now: () => clock.time,
      log: silent,
      ...(policy && { policy }),
    });
  };
  const { send } = messaging({});

  let customers = 0;
  return {
    database,
    store,
    mail,
    texts,
    configuration,
    clock,
    send,
    with: messaging,
    async enrol(change = {}) {
      const n = String(++customers).padStart(4, '0');
      const document = customer({
        _id: `customer-${n}`,
        email: `customer-${n}@example.com`,
        phone: `+551198765${n}`,
        ...change,
      });
      await store.customers.collection.insertOne(document);
      return document;
    },
    async close() {
      for (const end of closing) end();
      rmSync(configuration.dataDir, { recursive: true });
      await Promise.all([mail.close(), texts.close(), database.close()]);
    },
  };
}

let steps = 0;

/** A request for the `winback` e-mail, which is marketing; of a step of its own unless the step is given. */
export function sendRequest(
  customerId: string,
  {
    enrolment,
    ...change
  }: Partial<Omit<SendRequest, 'enrolment'>> & { enrolment?: Partial<EnrolmentRef> } = {},
): SendRequest {
  return {
    enrolment: {
      id: `winback/${customerId}#1`,
      journey: 'winback',
      customerId,
      holdout: false,
      ...enrolment,
    },
    step: `email:step-${++steps}`,
    channel: 'email',
    template: 'winback',
    variables: {},
    priority: 0,
    ...change,
  };
}

/** Changes a {@link sendRequest} into the `welcome` e-mail, which is transactional. */
export const welcome = { template: 'welcome', variables: { coupon: 'BEMVINDO10' } } as const;

/** Changes a {@link sendRequest} into the `complete-profile` text message, which is marketing. */
export const text = { channel: 'sms', template: 'complete-profile' } as const;
