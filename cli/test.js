#!/usr/bin/env node
'use strict';
// What `npm test` does: sets up what is missing, checks types and generated files, then runs Jest with the given arguments.
const { spawnSync } = require('node:child_process');
const path = require('node:path');
const { root, setUp } = require('./setup/index');

const bin = (name) => path.join(root, 'node_modules', name);
const steps = [
  [
    'types',
    [
      bin('typescript/bin/tsc'),
      '-p',
      '.',
      '--incremental',
      '--tsBuildInfoFile',
      '.perene/build/types.tsbuildinfo',
    ],
  ],
  ['templates', ['--import', 'tsx', 'templates/build.ts', '--check']],
  ['tests', [bin('jest/bin/jest.js'), ...process.argv.slice(2)]],
];

setUp({ servers: true }).then(
  () => {
    for (const [name, args] of steps) {
      const { status } = spawnSync(process.execPath, args, { cwd: root, stdio: 'inherit' });
      if (status === 0) continue;
      process.stderr.write(`npm test: ${name} failed\n`);
      process.exitCode = 1;
      return;
    }
  },
  (error) => {
    process.stderr.write(`\n${error.message}\n`);
    process.exitCode = 1;
  },
);
