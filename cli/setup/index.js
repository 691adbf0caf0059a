'use strict';
const fs = require('node:fs');
const path = require('node:path');
const { digest, isStamped, writeStamp } = require('./digest');
const { withLock } = require('./lock');
const { setUpPackages } = require('./packages');
const { run } = require('./run');
const { setUpServers } = require('./servers');

const leastNode = [20, 19];
const root = path.resolve(__dirname, '..', '..');

/**
 * Brings a fresh clone to where Perene can run; where nothing is missing it returns within a moment. Safe to call from
 * several processes at once. Plain Node without packages, since packages are among what it installs.
 *
 * @param {{ servers: boolean }} parts `servers`: also what `perene dev` and the tests start, and the workflow bundle
 * @throws Error that says what a person has to do
 */
async function setUp(parts) {
  checkMachine();
  const options = { root, env: process.env, say: (line) => process.stderr.write(`${line}\n`) };
  const onWait = (pid) => options.say(`Waiting for the set-up that process ${pid} is doing`);
  await withLock(path.join(root, '.perene', 'setup.lock'), { onWait }, async () => {
    await setUpPackages(options);
    if (!parts.servers) return;
    if (!process.env.TEMPORAL_ADDRESS || !process.env.MONGODB_URI) await setUpServers(options);
    await build(options);
  });
}

function checkMachine() {
  if (process.platform === 'win32')
    throw new Error('Perene runs on Linux and macOS; on Windows, inside WSL 2.');
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > leastNode[0] || (major === leastNode[0] && minor >= leastNode[1])) return;
  throw new Error(
    `Node ${leastNode.join('.')} or newer is needed; this is ${process.versions.node} (${process.execPath}).`,
  );
}

/** Builds the workflow bundle again when its sources have changed since. */
async function build({ say }) {
  const script = path.join('worker', 'build.ts');
  if (!fs.existsSync(path.join(root, script))) return;
  const stamp = digest(root, ['workflows', 'domain', 'worker', 'package-lock.json'], []);
  const stampFile = path.join(root, '.perene', 'build', '.perene-stamp');
  if (isStamped(stampFile, stamp)) return;
  say('Building the workflows');
  await run('workflows', [process.execPath, '--import', 'tsx', script], { cwd: root, say });
  writeStamp(stampFile, stamp);
}

module.exports = { root, setUp };
