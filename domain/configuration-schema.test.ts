import { configurationVariables, readConfiguration } from './configuration-schema';

const least = {
  MONGODB_URI: 'mongodb://localhost:27017/dealership?replicaSet=rs0',
  TEMPORAL_ADDRESS: 'localhost:7233',
  SMTP_URL: 'smtp://localhost:1025',
  PERENE_WRITE_KEY: 'write-key-of-16-or-more',
  PERENE_ADMIN_KEY: 'admin-key-of-16-or-more',
  PERENE_SECRET: 'a secret of thirty-two characters or more',
};
const twilio = {
  TWILIO_ACCOUNT_SID: `AC${'0'.repeat(32)}`,
  TWILIO_AUTH_TOKEN: 'token',
  TWILIO_MESSAGING_SERVICE_SID: `MG${'f'.repeat(32)}`,
};

function faults(env: Record<string, string | undefined>): string[] {
  try {
    readConfiguration(env);
  } catch (error) {
    return String(error).split('\n  ').slice(1);
  }
  return [];
}

describe('readConfiguration', () => {
  it('needs six variables and has a default for the rest', () => {
    const configuration = readConfiguration(least);
    expect(configuration).toMatchObject({
      http: { port: 3000, publicUrl: 'http://localhost:3000' },
      mongodb: { uri: least.MONGODB_URI, database: 'dealership' },
      temporal: { address: 'localhost:7233', namespace: 'default' },
      business: { timeZone: 'America/Sao_Paulo', locale: 'pt-BR', currency: 'BRL' },
      dataDir: '.perene',
      cachedRuns: 200,
    });
    expect(configuration.sms.twilio).toBeUndefined();
    expect(
      configurationVariables
        .filter((variable) => variable.required)
        .map((variable) => variable.name)
        .sort(),
    ).toEqual(Object.keys(least).sort());
  });

  it('names every missing variable at once and says what to give', () => {
    const lines = faults({});
    for (const name of Object.keys(least)) {
      expect(lines).toContainEqual(expect.stringMatching(new RegExp(`^${name} is missing\\. .{20,}`)));
    }
    expect(lines).toHaveLength(Object.keys(least).length);
  });

  it.each([
    ['PORT', '70000', 'must be from 1 to 65535'],
    ['PORT', 'three thousand', 'must be a port number'],
    ['PUBLIC_URL', 'perene.example', 'http://'],
    ['MONGODB_URI', 'localhost:27017', 'must start with mongodb://'],
    ['TEMPORAL_ADDRESS', 'http://localhost:7233', 'must be host:port'],
    ['SMTP_URL', 'localhost:25', 'must be an smtp://'],
    ['MAIL_FROM', 'Perene', 'must be an address'],
    ['TWILIO_ACCOUNT_SID', 'AC123', 'must be AC and 32'],
    ['PERENE_WRITE_KEY', 'short', 'must have 16 characters'],
    ['PERENE_SECRET', 'short', 'must have 32 characters'],
    ['PERENE_ADMIN_KEY', least.PERENE_WRITE_KEY, 'must differ from PERENE_WRITE_KEY'],
    ['BUSINESS_TIME_ZONE', 'Sao Paulo', 'must be an IANA time zone'],
    ['DEFAULT_LOCALE', 'fr', 'must be en or pt-BR'],
    ['CURRENCY', 'reais', 'must be one of BRL, USD, EUR'],
    ['EMAIL_RATE', '0', 'must be above 0'],
    ['CACHED_RUNS', '0', 'must be 1 or more'],
    ['LOG_LEVEL', 'loud', 'must be one of fatal, error'],
  ])('refuses %s=%s by name, without quoting the value', (name, value, reason) => {
    const lines = faults({ ...least, ...twilio, [name]: value });
    expect(lines).toHaveLength(1);
    expect(lines[0]).toContain(`${name} `);
    expect(lines[0]).toContain(reason);
    if (value.length > 2) expect(lines[0]).not.toContain(`=${value}`);
  });

  it('takes Twilio whole or not at all', () => {
    expect(readConfiguration({ ...least, ...twilio }).sms.twilio).toEqual({
      accountSid: twilio.TWILIO_ACCOUNT_SID,
      authToken: 'token',
      messagingServiceSid: twilio.TWILIO_MESSAGING_SERVICE_SID,
      baseUrl: 'https://api.twilio.com',
    });
    expect(faults({ ...least, TWILIO_AUTH_TOKEN: 'token' })).toEqual([
      expect.stringMatching(/^TWILIO_ACCOUNT_SID is missing/),
      expect.stringMatching(/^TWILIO_MESSAGING_SERVICE_SID is missing/),
    ]);
    expect(faults({ ...least, TWILIO_BASE_URL: 'http://localhost:1' })).toHaveLength(3);
  });

  it('counts an empty value as not set', () => {
    expect(readConfiguration({ ...least, PORT: '', TWILIO_ACCOUNT_SID: ' ' }).http.port).toBe(3000);
    expect(faults({ ...least, PERENE_SECRET: '' })).toEqual([
      expect.stringMatching(/^PERENE_SECRET is missing/),
    ]);
  });

  it.each([
    ['mongodb://a', 'perene'],
    ['mongodb://a/', 'perene'],
    ['mongodb://a/?replicaSet=x', 'perene'],
    ['mongodb://user:p%40ss@a:1,b:2,c:3/crm?replicaSet=x', 'crm'],
    ['mongodb+srv://cluster.example/my%20base', 'my base'],
  ])('takes the database name from %s', (uri, database) => {
    expect(readConfiguration({ ...least, MONGODB_URI: uri }).mongodb.database).toBe(database);
  });

  it('drops the slash at the end of an origin', () => {
    expect(readConfiguration({ ...least, PUBLIC_URL: 'https://crm.example/' }).http.publicUrl).toBe(
      'https://crm.example',
    );
  });
});
