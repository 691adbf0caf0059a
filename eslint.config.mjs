import tseslint from 'typescript-eslint';

/** Which top-level folders each folder may import, beside itself. The map is drawn in the README. */
const mayImport = {
  domain: [],
  scoring: ['domain'],
  store: ['domain'],
  templates: ['domain'],
  activities: ['domain', 'scoring', 'store', 'templates'],
  workflows: ['domain'],
  worker: ['domain', 'scoring', 'store', 'templates', 'activities', 'workflows'],
  api: ['domain', 'scoring', 'store', 'templates', 'workflows', 'activities'],
};
const folders = [...Object.keys(mayImport), 'cli', 'bench', 'test'];

/** Reads of the ambient clock or of chance, which would differ between two executions of a journey. */
const ambient = [
  ["CallExpression[callee.object.name='Math'][callee.property.name='random']", 'use c.random()'],
  ["CallExpression[callee.object.name='Date'][callee.property.name='now']", 'use c.now()'],
  ["NewExpression[callee.name='Date'][arguments.length=0]", 'use c.now()'],
].map(([selector, advice]) => ({ selector, message: `A journey runs more than once: ${advice}.` }));

function importRules(folder, allowed) {
  const forbidden = folders.filter((other) => other !== folder && !allowed.includes(other));
  const patterns = forbidden.map((other) => ({
    group: [`**/${other}`, `**/${other}/**`],
    message: `${folder}/ must not import ${other}/ (see the map in README.md).`,
    allowTypeImports: folder === 'workflows' && other === 'activities',
  }));
  if (folder === 'workflows') {
    patterns.push({
      group: ['node:*', 'zod', 'mongodb', 'pino', 'luxon', '**/domain/*-schema', '**/domain/*-schemas'],
      message: 'Workflow code is replayed in a sandbox: no Node module, no schema library, no driver.',
      allowTypeImports: true,
    });
  }
  return {
    files: [`${folder}/**/*.ts`],
    // The simulator plays journeys outside Temporal, with the real rules of sending hours.
    ignores: ['**/*.test.ts', 'workflows/simulate/**'],
    rules: { '@typescript-eslint/no-restricted-imports': ['error', { patterns }] },
  };
}

export default tseslint.config(
  { ignores: ['node_modules/', '.perene/', 'coverage/', '**/*.gen.ts', '**/*.js', '**/*.mjs'] },
  tseslint.configs.strictTypeChecked,
  {
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/no-unnecessary-condition': ['error', { allowConstantLoopConditions: true }],
      '@typescript-eslint/require-await': 'off',
      '@typescript-eslint/no-unnecessary-type-parameters': 'off',
      'no-restricted-properties': [
        'error',
        {
          object: 'process',
          property: 'env',
          message: 'Configuration is read once, in domain/configuration-schema.ts.',
        },
      ],
    },
  },
  ...Object.entries(mayImport).map(([folder, allowed]) => importRules(folder, allowed)),
  {
    // The entries of processes hand their environment to the schema.
    files: ['*/main.ts', 'cli/**/*.ts', 'test/**/*.ts', 'bench/**/*.ts'],
    rules: { 'no-restricted-properties': 'off' },
  },
  {
    files: ['workflows/journeys/**/*.ts'],
    ignores: ['**/*.test.ts'],
    rules: { 'no-restricted-syntax': ['error', ...ambient] },
  },
);
