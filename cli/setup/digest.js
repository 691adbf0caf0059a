'use strict';
const crypto = require('node:crypto');
const fs = require('node:fs');
const path = require('node:path');

/**
 * A digest of files and, recursively, of the TypeScript and JSON files of folders; what is missing counts as empty.
 *
 * @param {string} root
 * @param {string[]} names paths under `root`
 * @param {string[]} facts anything else that should change it, e.g. a version
 */
function digest(root, names, facts) {
  const hash = crypto.createHash('sha256').update(JSON.stringify(facts));
  for (const name of names)
    for (const file of filesOf(path.join(root, name)))
      hash.update(path.relative(root, file)).update(fs.readFileSync(file));
  return hash.digest('hex');
}

function filesOf(name) {
  const stat = fs.statSync(name, { throwIfNoEntry: false });
  if (stat === undefined) return [];
  if (!stat.isDirectory()) return [name];
  return fs
    .readdirSync(name)
    .sort()
    .map((entry) => path.join(name, entry))
    .flatMap((entry) =>
      fs.statSync(entry).isDirectory() || /\.(ts|json)$/.test(entry) ? filesOf(entry) : [],
    );
}

/** Whether `file` holds `stamp`. */
function isStamped(file, stamp) {
  return fs.existsSync(file) && fs.readFileSync(file, 'utf8') === stamp;
}

function writeStamp(file, stamp) {
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.writeFileSync(file, stamp);
}

module.exports = { digest, isStamped, writeStamp };
