import { createServer } from 'node:http';
import { adminKey, testApi, type TestApi } from '../../test/api';
import { keysCommand } from './keys';

let api: TestApi;
const { env } = process;
const untouched = { ...env };
beforeAll(async () => {
  api = await testApi();
  const publicUrl = await api.app.listen({ port: 0, host: '127.0.0.1' });
  Object.assign(env, {
    PUBLIC_URL: publicUrl,
    PERENE_DATA_DIR: '/tmp/perene-keys-none',
    PERENE_ADMIN_KEY: adminKey,
    PERENE_WRITE_KEY: 'write-key-of-the-tests',
    PERENE_SECRET: 'a secret of the tests, long enough to be one',
    MONGODB_URI: 'mongodb://localhost/unused',
    TEMPORAL_ADDRESS: 'localhost:1',
    SMTP_URL: 'smtp://localhost:1',
  });
});
afterAll(async () => {
  process.env = untouched;
  await api.close();
});

/** Runs the command in this process; gives what it printed, and the error that it ended with. */
async function keys(...args: string[]): Promise<{ stdout: string; error: string }> {
  let stdout = '';
  const spy = jest.spyOn(process.stdout, 'write').mockImplementation((text) => {
    stdout += String(text);
    return true;
  });
  const command = keysCommand()
    .exitOverride()
    .configureOutput({ writeErr: () => undefined });
  for (const sub of command.commands) sub.copyInheritedSettings(command);
  try {
    await command.parseAsync(args, { from: 'user' });
    return { stdout, error: '' };
  } catch (error) {
    return { stdout, error: error instanceof Error ? error.message : String(error) };
  } finally {
    spy.mockRestore();
  }
}

const opens = async (key: string) =>
  (await fetch(`${env['PUBLIC_URL'] ?? ''}/v1/keys`, { headers: { authorization: `Bearer ${key}` } })).ok;

it('makes, lists, exchanges and revokes keys', async () => {
  const made = JSON.parse((await keys('create', 'nightly export', '--scope', 'read', '--json')).stdout) as {
    id: string;
    key: string;
  };
  expect(await opens(made.key)).toBe(true);
  const list = await keys('list');
  expect(list.error).toBe('');
  expect(list.stdout).toMatch(
    new RegExp(`^${made.id}  read   read_\\S+…  \\d{4}-\\d\\d-\\d\\d  nightly export\\n$`),
  );
  expect(list.stdout).not.toContain(made.key);

  const rotated = await keys('rotate', made.id, '--overlap', '0');
  const next = /^read_\S{32}$/m.exec(rotated.stdout)?.[0] ?? '';
  expect([await opens(made.key), await opens(next)]).toEqual([false, true]);
  const [fresh] = await api.store.apiKeys.list();
  expect((await keys('revoke', fresh?._id ?? '')).stdout).toContain('revoked');
  expect(await opens(next)).toBe(false);
});

it('says what to do where it is used wrongly, the key is unknown, or the API does not answer', async () => {
  expect((await keys('create', 'x')).error).toContain("required option '--scope <scope>' not specified");
  expect((await keys('create', 'x', '--scope', 'all')).error).toContain(
    'Allowed choices are write, read, admin',
  );
  expect((await keys('rotate', 'x', '--overlap', '-1')).error).toContain('It must be a whole number.');
  expect((await keys('revoke', 'none')).error).toBe('No key has this id.');
  expect((await keys('create', 'a;b', '--scope', 'read')).error).toContain('body.name: ');
  const nobody = createServer();
  await new Promise<void>((resolve) => nobody.listen(0, '127.0.0.1', resolve));
  const address = nobody.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  await new Promise((resolve) => nobody.close(resolve));
  env['PUBLIC_URL'] = `http://127.0.0.1:${port}`;
  expect((await keys('list')).error).toContain('does not answer');
});
