import { readConfiguration } from '../../domain/configuration-schema';
import { newAccount } from '../embedded/twilio-resources';
import { dataDirOf, developmentVariables, embeddedParts } from './plan';

const ports = {
  api: 3000,
  temporal: 7233,
  temporalUi: 8233,
  mongodb: 27017,
  smtp: 1025,
  mailbox: 1080,
  sms: 1081,
};
const { accountSid, authToken, messagingServiceSid } = newAccount();
const keys = {
  PERENE_WRITE_KEY: 'write_0123456789abcdef',
  PERENE_ADMIN_KEY: 'admin_0123456789abcdef',
  PERENE_SECRET: 's'.repeat(64),
  TWILIO_ACCOUNT_SID: accountSid,
  TWILIO_AUTH_TOKEN: authToken,
  TWILIO_MESSAGING_SERVICE_SID: messagingServiceSid,
};
const real = {
  TEMPORAL_ADDRESS: 'temporal.example:7233',
  MONGODB_URI: 'mongodb://db.example/crm?replicaSet=rs0',
  SMTP_URL: 'smtps://smtp.example',
};

const variables = (env: Record<string, string>) =>
  developmentVariables({ env, ports, keys, dataDir: '/data', mongod: undefined });

describe('embeddedParts', () => {
  it('embeds every server that the environment does not name', () => {
    expect(embeddedParts({})).toEqual({ temporal: true, mongodb: true, mailbox: true, sms: true });
    expect(embeddedParts({ MONGODB_URI: '', TWILIO_AUTH_TOKEN: ' ' })).toMatchObject({
      mongodb: true,
      sms: true,
    });
    expect(embeddedParts(real)).toEqual({ temporal: false, mongodb: false, mailbox: false, sms: true });
    expect(embeddedParts({ TWILIO_AUTH_TOKEN: 'token' }).sms).toBe(false);
  });
});

describe('developmentVariables', () => {
  it('is a complete configuration where the environment is empty', () => {
    expect(readConfiguration(variables({}))).toMatchObject({
      http: { port: 3000, publicUrl: 'http://localhost:3000' },
      mongodb: { database: 'perene' },
      temporal: { address: '127.0.0.1:7233', uiUrl: 'http://localhost:8233' },
      email: { smtpUrl: 'smtp://127.0.0.1:1025', mailboxUrl: 'http://localhost:1080' },
      sms: { twilio: { accountSid, baseUrl: 'http://127.0.0.1:1081' } },
      dataDir: '/data',
    });
  });

  it('leaves alone what the environment names', () => {
    const env = { ...real, PUBLIC_URL: 'https://crm.example', PERENE_SECRET: 'own'.repeat(16) };
    const configuration = readConfiguration({ ...env, ...variables(env) });
    expect(configuration).toMatchObject({
      http: { publicUrl: 'https://crm.example' },
      mongodb: { uri: real.MONGODB_URI },
      temporal: { address: real.TEMPORAL_ADDRESS },
      email: { smtpUrl: real.SMTP_URL },
      keys: { secret: env.PERENE_SECRET, write: keys.PERENE_WRITE_KEY },
    });
    expect(configuration.temporal.uiUrl).toBeUndefined();
    expect(configuration.email.mailboxUrl).toBeUndefined();
  });

  it('gives no account of the stand-in to a real Twilio that is named in part', () => {
    const env = { TWILIO_AUTH_TOKEN: 'token' };
    expect(() => readConfiguration({ ...env, ...variables(env) })).toThrow('TWILIO_ACCOUNT_SID is missing');
  });
});

describe('dataDirOf', () => {
  it('is .perene of the checkout, or what the environment names', () => {
    expect(dataDirOf({}, '/checkout')).toBe('/checkout/.perene');
    expect(dataDirOf({ PERENE_DATA_DIR: '/var/lib/perene' }, '/checkout')).toBe('/var/lib/perene');
  });
});
