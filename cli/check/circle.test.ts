import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { execFile } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const root = join(__dirname, '..', '..');
const copied = ['activities', 'api', 'cli', 'domain', 'scoring', 'store', 'templates', 'worker', 'workflows'];

const enrolling = (name: string, other: string) => `
import { journey, never, on, type Journey } from '../engine/vocabulary';
import { ${other} } from './${other}';

export const ${name}: Journey = journey(
  '${name}',
  { entry: on('customer.signed_up'), reentry: never, enrols: () => [${other}] },
  async (c) => {
    await c.wait(1_000);
  },
);
`;

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'perene-circle-'));
  for (const name of [...copied, 'package.json', 'tsconfig.json']) {
    cpSync(join(root, name), join(folder, name), { recursive: true });
  }
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
  const journeys = join(folder, 'workflows', 'journeys');
  writeFileSync(join(journeys, 'chicken.ts'), enrolling('chicken', 'egg'));
  writeFileSync(join(journeys, 'egg.ts'), enrolling('egg', 'chicken'));
  const index = readFileSync(join(journeys, 'index.ts'), 'utf8')
    .replace('import { aftercare }', "import { chicken } from './chicken';\nimport { egg } from './egg';\n$&")
    .replace('journeys: readonly Journey[] = [', '$& chicken, egg,');
  writeFileSync(join(journeys, 'index.ts'), index);
});
afterAll(() => rmSync(folder, { recursive: true }));

describe('perene check', () => {
  it('refuses journeys that enrol in each other in a circle, by their names and files', async () => {
    const script = "require('./cli/perene.ts').main(['node', 'perene', 'check'])";
    const said = await new Promise<{ failed: boolean; text: string }>((resolve) => {
      const args = ['--require', 'tsx/cjs', '-e', script];
      execFile(process.execPath, args, { cwd: folder }, (error, stdout, stderr) =>
        resolve({ failed: error !== null, text: stdout + stderr }),
      );
    });
    expect(said.text).toContain(
      'Journeys enrol in each other in a circle: chicken -> egg -> chicken. Take one of these out of `enrols` ' +
        '(workflows/journeys/chicken.ts, workflows/journeys/egg.ts)',
    );
    expect(said.failed).toBe(true);
  });
});
