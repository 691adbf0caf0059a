#!/usr/bin/env node
'use strict';
// The `perene` program as npm and npx start it, also on a fresh clone: sets up what is missing, then runs perene.ts.
const { setUp } = require('./setup/index');

const startsServers = process.argv[2] === 'dev';
const isInstalled = process.env.NODE_ENV === 'production';

(isInstalled ? Promise.resolve() : setUp({ servers: startsServers }))
  .then(() => {
    require('tsx/cjs');
    return require('./perene.ts').main(process.argv);
  })
  .catch((error) => {
    // The set-up failed, or a file of the project's own cannot be loaded, a journey's say.
    process.stderr.write(`\n${error.message}\n`);
    process.exitCode = 1;
  });
