import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ownPorts } from '../../test/ports';
import { runPerene } from '../../test/perene-process';
import { loopback } from '../embedded/ports';

const keys = {
  PERENE_WRITE_KEY: 'write_0123456789abcdef',
  PERENE_ADMIN_KEY: 'admin_0123456789abcdef',
  PERENE_SECRET: 's'.repeat(32),
};

let dataDir: string;

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'perene-doctor-'));
});

afterEach(() => rm(dataDir, { recursive: true }));

describe('perene doctor', () => {
  it('names what holds a port, and what to do', async () => {
    const [port = 0] = await ownPorts(1);
    const server = createServer().listen(port, loopback);
    const { status, stdout } = await runPerene(['doctor'], { PERENE_DATA_DIR: dataDir, PORT: String(port) });
    server.close();
    expect(status).toBe(1);
    expect(stdout).toMatch(
      new RegExp(`fault +port ${port} +API and console can't have it: taken by process ${process.pid}`),
    );
    expect(stdout).toContain('choose another port with --port (or PORT)');
    expect(stdout).toMatch(/ok +Temporal server +temporal version/);
  });

  it('tries each server that the environment names', async () => {
    const [port = 0] = await ownPorts(1);
    const { status, stdout } = await runPerene(['doctor', '--json'], {
      ...keys,
      PERENE_DATA_DIR: dataDir,
      TEMPORAL_ADDRESS: `${loopback}:${port}`,
      MONGODB_URI: `mongodb://${loopback}:${port}/perene`,
      SMTP_URL: `smtp://${loopback}:${port}`,
      PUBLIC_URL: `http://${loopback}:${port}`,
      TWILIO_ACCOUNT_SID: `AC${'0'.repeat(32)}`,
      TWILIO_AUTH_TOKEN: 'token',
      TWILIO_MESSAGING_SERVICE_SID: `MG${'0'.repeat(32)}`,
      TWILIO_BASE_URL: `http://${loopback}:${port}`,
    });
    expect(status).toBe(1);
    const { findings } = JSON.parse(stdout) as { findings: { check: string; state: string }[] };
    expect(findings.map(({ check, state }) => `${check}: ${state}`)).toEqual([
      'configuration: ok',
      'MongoDB: fault',
      'Temporal: fault',
      'e-mail: fault',
      'SMS: fault',
      'API: fault',
    ]);
  });
});
