'use strict';
const { spawn, spawnSync } = require('node:child_process');

/**
 * Runs a command with its output on standard error (standard output belongs to the program that is being set up).
 * While nothing is a terminal, prints every ten seconds that it still works.
 *
 * @param {string} label what a person reads, e.g. `npm packages`
 * @param {string[]} command program and arguments
 * @param {{ cwd: string, say: (line: string) => void }} options
 * @returns {Promise<void>} rejects with the last lines of output when the command fails
 */
function run(label, command, options) {
  const [program, ...args] = command;
  const terminal = process.stderr.isTTY === true;
  const started = Date.now();
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      cwd: options.cwd,
      stdio: ['ignore', terminal ? 2 : 'pipe', terminal ? 2 : 'pipe'],
    });
    let output = '';
    const collect = (chunk) => (output = (output + chunk).slice(-4000));
    if (!terminal) {
      child.stdout.on('data', collect);
      child.stderr.on('data', collect);
    }
    const seconds = () => Math.round((Date.now() - started) / 1000);
    const heartbeat = setInterval(() => terminal || options.say(`  ${label}: ${seconds()} s ...`), 10_000);
    child.once('error', (error) => finish(error.message));
    child.once('exit', (code, signal) =>
      finish(code === 0 ? undefined : `it ended with ${signal || `status ${code}`}`),
    );
    function finish(fault) {
      clearInterval(heartbeat);
      if (fault === undefined) {
        options.say(`  ${label}: done in ${seconds()} s`);
        resolve();
      } else {
        reject(new Error(`${command.join(' ')}\n${output}\n${label}: ${fault}`));
      }
    }
  });
}

/** The standard output of a short command, trimmed; undefined where it can't be run or fails. */
function ask(program, args) {
  const result = spawnSync(program, args, { encoding: 'utf8', timeout: 20_000 });
  return result.status === 0 ? result.stdout.trim() : undefined;
}

module.exports = { run, ask };
