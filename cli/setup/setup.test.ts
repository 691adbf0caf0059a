import { execFile, spawn } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'perene-setup-'));
});

afterEach(() => rm(folder, { recursive: true }));

/** Runs a script in plain Node, as the set-up runs; resolves with what it wrote, or the message that it failed with. */
async function runNode(script: string, path = process.env['PATH']): Promise<string> {
  const failing = `Promise.resolve((async () => { ${script} })()).catch((error) => console.log(error.message))`;
  const env = { ...process.env, PATH: path };
  const { stdout } = await promisify(execFile)(process.execPath, ['-e', failing], { cwd: folder, env });
  return stdout;
}

const required = (file: string): string => `require(${JSON.stringify(join(__dirname, file))})`;
const serverSetUp = `await ${required('servers.js')}.setUpServers({ root: '.', env: process.env, say() {} });`;

/** A `python3` on a PATH of its own that answers as this shell script does. */
async function pathWithPython(script: string): Promise<string> {
  const bin = join(folder, 'bin');
  await mkdir(bin);
  await writeFile(join(bin, 'python3'), `#!/bin/sh\n${script}\n`);
  await chmod(join(bin, 'python3'), 0o755);
  return bin;
}

describe('setUpServers', () => {
  it('asks for Python where there is none', async () => {
    const said = await runNode(serverSetUp, folder);
    expect(said).toContain(
      'Python 3.10 or newer with its venv module is needed to install the servers; none is on PATH.',
    );
    expect(said).toContain('apt install python3 python3-venv');
  });

  it('names a Python that is too old', async () => {
    expect(await runNode(serverSetUp, await pathWithPython('echo 3.8.10'))).toContain('python3 is 3.8.10');
  });

  it('names a Python that can make no environment', async () => {
    const path = await pathWithPython('case "$2" in *ensurepip*) exit 1;; esac; echo 3.12.1');
    expect(await runNode(serverSetUp, path)).toContain('python3 3.12.1 lacks its venv module');
  });

  it('says what to do where a server has no package for this platform', async () => {
    const python =
      'case "$2" in *version_info*) echo 3.12.1;; *ensurepip*) ;; venv) /bin/mkdir -p "$3/bin"; /bin/cp "$0" "$3/bin/python";;';
    const pip = 'pip) echo "ERROR: No matching distribution found for secantusdb"; exit 1;; esac';
    const said = await runNode(serverSetUp, await pathWithPython(`${python} ${pip}`));
    expect(said).toMatch(/A server has no package for \w+ \w+ with Python 3\.12\.1/);
    expect(said).toContain('MONGODB_URI');
  });
});

describe('withLock', () => {
  it('lets one process in at a time, and one after a holder that was killed', async () => {
    const lock = join(folder, 'lock');
    const take = (work: string) =>
      `await ${required('lock.js')}.withLock(${JSON.stringify(lock)}, { onWait() {} }, async () => { ${work} });`;
    const holder = spawn(process.execPath, [
      '-e',
      `(async () => { ${take('console.log("in"); await new Promise((r) => setTimeout(r, 1e6));')} })()`,
    ]);
    await new Promise((resolve) => holder.stdout.once('data', resolve));
    const log = JSON.stringify(join(folder, 'log'));
    const append = (text: string) => `require('node:fs').appendFileSync(${log}, ${JSON.stringify(text)});`;
    const others = [1, 2, 3].map(() =>
      runNode(take(`${append('in ')} await new Promise((r) => setTimeout(r, 50)); ${append('out ')}`)),
    );
    holder.kill('SIGKILL');
    expect(await Promise.all(others)).toEqual(['', '', '']);
    expect(await readFile(join(folder, 'log'), 'utf8')).toBe('in out in out in out ');
  });
});

describe('digest', () => {
  it('changes with the content of a source, and not with other files', async () => {
    const digest = () =>
      runNode(`process.stdout.write(${required('digest.js')}.digest('.', ['sources', 'none'], []))`);
    await mkdir(join(folder, 'sources', 'deep'), { recursive: true });
    await writeFile(join(folder, 'sources', 'deep', 'journey.ts'), 'one');
    const first = await digest();
    await writeFile(join(folder, 'sources', 'notes.md'), 'other');
    expect(await digest()).toBe(first);
    await writeFile(join(folder, 'sources', 'deep', 'journey.ts'), 'two');
    expect(await digest()).not.toBe(first);
  });
});
