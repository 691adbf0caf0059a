import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ownPorts } from '../../test/ports';
import { testConfiguration } from '../../test/api';
import { connectTo, findConfiguration } from './target';

const mailboxUrl = 'http://localhost:1080';
const email = { ...testConfiguration().email, mailboxUrl };

describe('the system that a demonstration plays on', () => {
  it('is none where nothing runs and the environment leads nowhere', async () => {
    const dataDir = await mkdtemp(join(tmpdir(), 'perene-target-'));
    expect(await findConfiguration({ PERENE_DATA_DIR: dataDir })).toBeUndefined();
    await rm(dataDir, { recursive: true });
  });

  it('is the one that the environment leads to', async () => {
    const found = await findConfiguration({
      ...{ MONGODB_URI: 'mongodb://db.example/crm', TEMPORAL_ADDRESS: 'temporal.example:7233', PORT: '' },
      ...{ SMTP_URL: 'smtp://mail.example', MAILBOX_URL: mailboxUrl, PUBLIC_URL: 'https://crm.example' },
      ...{ PERENE_WRITE_KEY: 'write-key-of-the-test', PERENE_ADMIN_KEY: 'admin-key-of-the-test' },
      ...{ PERENE_SECRET: 's'.repeat(32), PERENE_DATA_DIR: '/nowhere' },
    });
    expect(found).toMatchObject({ http: { publicUrl: 'https://crm.example' }, email: { mailboxUrl } });
  });

  it('is refused where messages could reach somebody', async () => {
    await expect(connectTo(testConfiguration())).rejects.toThrow('the demo needs a mail catcher');
    const twilio = {
      ...{ accountSid: `AC${'0'.repeat(32)}`, authToken: 'token' },
      ...{ messagingServiceSid: `MG${'0'.repeat(32)}`, baseUrl: 'https://api.twilio.com' },
    };
    const real = testConfiguration({ email, sms: { ratePerSecond: 10, twilio } });
    await expect(connectTo(real)).rejects.toThrow('the demo needs a stand-in');
  });

  it('is named by its part that does not answer', async () => {
    const [port = 0] = await ownPorts(1);
    const http = { port, publicUrl: `http://127.0.0.1:${port}` };
    await expect(connectTo(testConfiguration({ email, http }))).rejects.toThrow(
      `the API at http://127.0.0.1:${port} does not answer`,
    );
  });
});
