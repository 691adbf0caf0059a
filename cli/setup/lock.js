'use strict';
const fs = require('node:fs');
const path = require('node:path');
const { setTimeout: sleep } = require('node:timers/promises');

/**
 * Runs `work` while no other process runs under the same lock file. A lock whose holder has died is taken over.
 *
 * @param {string} file
 * @param {{ onWait: (pid: number) => void }} options called once, with the holder's process id, if it has to wait
 * @param {() => Promise<void>} work
 */
async function withLock(file, options, work) {
  fs.mkdirSync(path.dirname(file), { recursive: true });
  for (let waited = false; !tryTake(file); waited = true) {
    const holder = holderOf(file);
    if (holder !== undefined && !isAlive(holder)) {
      release(file, holder);
    } else {
      if (!waited && holder !== undefined) options.onWait(holder);
      await sleep(100);
    }
  }
  const releaseOwn = () => release(file, process.pid);
  process.once('exit', releaseOwn);
  try {
    await work();
  } finally {
    process.removeListener('exit', releaseOwn);
    releaseOwn();
  }
}

/** The file appears with its content, so that nobody reads a lock without a holder. */
function tryTake(file) {
  const own = `${file}.${process.pid}`;
  fs.writeFileSync(own, String(process.pid));
  try {
    fs.linkSync(own, file);
    return true;
  } catch (error) {
    if (error.code === 'EEXIST') return false;
    throw error;
  } finally {
    fs.unlinkSync(own);
  }
}

function holderOf(file) {
  try {
    return Number(fs.readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
}

function release(file, holder) {
  if (holderOf(file) === holder) fs.rmSync(file, { force: true });
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

module.exports = { withLock };
