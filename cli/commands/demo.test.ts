import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ownPorts } from '../../test/ports';
import { runPerene, startPerene } from '../../test/perene-process';
import type { Summary } from '../demo/summary';
import { demoCommand } from './demo';

/** Variables that would lead to other servers. */
const noServers = { TEMPORAL_ADDRESS: '', MONGODB_URI: '', SMTP_URL: '', PUBLIC_URL: '', PORT: '' };

let dataDir: string;
let env: Record<string, string>;
beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'perene-demo-'));
  env = { ...noServers, PERENE_DATA_DIR: dataDir };
});
afterEach(() => rm(dataDir, { recursive: true, force: true, maxRetries: 3 }));

async function portArguments(): Promise<string[]> {
  const options = [
    'port',
    'temporal-port',
    'temporal-ui-port',
    'mongodb-port',
    'smtp-port',
    'mailbox-port',
    'sms-port',
  ];
  const ports = await ownPorts(options.length);
  return options.flatMap((option, index) => [`--${option}`, String(ports[index])]);
}

async function play(...more: string[]): Promise<Summary> {
  const args = ['demo', '--customers', '10', '--days', '8', '--day', '1s', '--json', ...more];
  const { status, stdout, stderr } = await runPerene(args, env);
  expect({ status, stderr: status === 0 ? '' : stderr }).toEqual({ status: 0, stderr: '' });
  return JSON.parse(stdout) as Summary;
}

const started = (runs: Summary['runs'], journey: string): number => {
  const { open = 0, converted = 0, completed = 0, exited = 0 } = runs[journey] ?? {};
  return open + converted + completed + exited;
};

describe('perene demo', () => {
  it('plays customers through the running system, and again beside those who are there', async () => {
    const perene = startPerene(['dev', ...(await portArguments())], env);
    try {
      await perene.outputs(/Admin key {2,}\S+\n/);
      const first = await play();
      expect(first).toMatchObject({
        run: 1,
        customerPrefix: 'demo-1',
        interrupted: false,
        customers: { regulars: 5, newcomers: 5 },
        days: 8,
      });
      expect(started(first.runs, 'onboarding')).toBe(5);
      expect(first.messages.email.sent).toBeGreaterThan(0);
      const mails = await fetch(`${first.links['mailbox'] ?? ''}/api/email`);
      const addresses = JSON.stringify(await mails.json());
      expect(addresses).toMatch(/0010\d{3}@example\.com/);

      const second = await play();
      expect(second).toMatchObject({ run: 2, customerPrefix: 'demo-2' });
      expect(started(second.runs, 'onboarding')).toBe(5);
    } finally {
      perene.kill('SIGTERM');
      await perene.ended;
    }
  });

  it('says how to start a system where none runs', async () => {
    const { status, stdout, stderr } = await runPerene(['demo'], env);
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
    expect(stderr).toContain(`No system runs on ${dataDir}. Start one with \`npm start\``);
  });

  it.each([
    ['--customers', '1'],
    ['--customers', 'many'],
    ['--days', '0'],
    ['--day', '1'],
    ['--day', '2d'],
  ])('refuses %s %s as bad usage', async (option, value) => {
    const command = demoCommand()
      .exitOverride()
      .configureOutput({ writeErr: () => undefined });
    const refusal = command.parseAsync([option, value], { from: 'user' });
    await expect(refusal).rejects.toMatchObject({ code: 'commander.invalidArgument' });
  });
});
