/** ESM-only packages that Jest must turn into CommonJS before it can load them. */
const esmPackages = [
  'nodemailer',
  'content-disposition',
  'cookie',
  'html-to-text',
  '@selderee/plugin-htmlparser2',
  'selderee',
  'parseley',
  'leac',
  'peberminta',
  'deepmerge',
  'dom-serializer',
  'htmlparser2',
  'domhandler',
  'domutils',
  'domelementtype',
  'entities',
];

const swc = [
  '@swc/jest',
  {
    jsc: { parser: { syntax: 'typescript' }, target: 'es2022' },
    module: { type: 'commonjs' },
    sourceMaps: 'inline',
  },
];

/** @type {import('jest').Config} */
module.exports = {
  testEnvironment: 'node',
  roots: ['<rootDir>'],
  testMatch: ['**/*.test.ts'],
  modulePathIgnorePatterns: ['<rootDir>/.perene/'],
  transform: { '\\.[mc]?[jt]s$': swc },
  transformIgnorePatterns: [`/node_modules/(?!(${esmPackages.join('|')})/)`],
  globalSetup: '<rootDir>/test/global-setup.ts',
  globalTeardown: '<rootDir>/test/global-teardown.ts',
  testSequencer: '<rootDir>/test/sequencer.js',
  testTimeout: 300_000,
  // The long tests wait for servers and clocks; more at once would wait for the one database server.
  maxWorkers: 2,
  // Of each test file some 30 MB stay behind. A process that held much of that would end more slowly than Jest waits for it.
  workerIdleMemoryLimit: '250MB',
};
