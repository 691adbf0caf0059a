'use strict';
const { relative } = require('node:path');
const { default: Sequencer } = require('@jest/test-sequencer');

/** The test files that take longest, waiting for clocks and programs. Begun first, none of them is left alone at the end. */
const longest = [
  'test/edited/edited.test.ts',
  'cli/commands/dev.test.ts',
  'test/erasure.test.ts',
  'test/system.test.ts',
  'cli/commands/demo.test.ts',
  'test/flows/flows.test.ts',
  'activities/messaging/exactly-once.test.ts',
  'activities/operations/retraining.test.ts',
  'cli/commands/evaluate.test.ts',
  'test/healing/healing.test.ts',
];

/** Where a fresh clone knows no times yet, Jest would go by the size of files. */
module.exports = class extends Sequencer {
  sort(tests) {
    const place = ({ path, context }) => {
      const found = longest.indexOf(relative(context.config.rootDir, path));
      return found < 0 ? longest.length : found;
    };
    return super.sort(tests).sort((a, b) => place(a) - place(b));
  }
};
