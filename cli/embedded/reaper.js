'use strict';
// Ends the processes it was told of when the process that told it is gone, however that ended: its standard input is
// a pipe from there, and closes with it. A line is `+<process id>` or `-<process id>`.
const { createInterface } = require('node:readline');
const { setTimeout: sleep } = require('node:timers/promises');

const graceSeconds = 10;
const pids = new Set();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => {});

createInterface({ input: process.stdin })
  .on('line', (line) =>
    line[0] === '+' ? pids.add(Number(line.slice(1))) : pids.delete(Number(line.slice(1))),
  )
  .on('close', end);

async function end() {
  signalAll('SIGTERM');
  for (let waited = 0; waited < graceSeconds * 10 && signalAll(0); waited += 1) await sleep(100);
  signalAll('SIGKILL');
}

/** Signals each process with its children (it leads their group); tells whether any was there. */
function signalAll(signal) {
  let any = false;
  for (const pid of pids) {
    try {
      process.kill(-pid, signal);
      any = true;
    } catch {
      pids.delete(pid);
    }
  }
  return any;
}
