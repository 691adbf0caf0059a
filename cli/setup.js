#!/usr/bin/env node
'use strict';
const { setUp } = require('./setup/index');

setUp({ servers: true }).catch((error) => {
  process.stderr.write(`\n${error.message}\n`);
  process.exitCode = 1;
});
