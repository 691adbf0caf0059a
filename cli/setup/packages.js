'use strict';
const path = require('node:path');
const { digest, isStamped, writeStamp } = require('./digest');
const { run } = require('./run');

/** Installs the npm packages of the lock file, unless they are there. `npm ci` can't be used: it refuses a registry that lacks packages of other platforms. */
async function setUpPackages({ root, env, say }) {
  const stamp = digest(
    root,
    ['package.json', 'package-lock.json'],
    [process.platform, process.arch, process.versions.modules],
  );
  const stampFile = path.join(root, 'node_modules', '.perene-stamp');
  if (isStamped(stampFile, stamp)) return;
  say('Installing npm packages (a minute or so the first time)');
  const install = ['install', '--no-save', '--include=dev', '--no-audit', '--no-fund'];
  await run('npm packages', [...npm(env), ...install], { cwd: root, say });
  writeStamp(stampFile, stamp);
}

/** The npm that runs this, else the one on PATH. */
function npm(env) {
  const cli = env.npm_execpath;
  if (cli && /npm-cli\.js$/.test(cli)) return [process.execPath, cli];
  return ['npm'];
}

module.exports = { setUpPackages };
