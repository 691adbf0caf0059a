import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { compileTemplates } from './compiler/compile';
import { printOutputs, type Output } from './compiler/print';
import { describeProblem } from './compiler/problem';

const usage = 'Usage: npm run templates [-- --check]';

/** Generated files that differ from what the templates say now. */
function staleFiles(root: string, outputs: readonly Output[]): readonly string[] {
  return outputs
    .filter(({ file, content }) => {
      const path = join(root, file);
      return !existsSync(path) || readFileSync(path, 'utf8') !== content;
    })
    .map(({ file }) => file);
}

/**
 * Compiles the templates and writes the generated files, or only checks them.
 *
 * @param root the project's folder
 * @returns the exit status: 0, 1 where the templates have problems or a file is stale, 2 for bad usage
 */
export async function build(root: string, args: readonly string[]): Promise<0 | 1 | 2> {
  const check = args.includes('--check');
  if (args.some((arg) => arg !== '--check')) {
    console.error(usage);
    return 2;
  }
  const { templates, problems } = await compileTemplates(root);
  if (problems.length > 0) {
    for (const problem of problems) console.error(describeProblem(problem));
    console.error(`${problems.length} problem(s); nothing was written.`);
    return 1;
  }
  const outputs = printOutputs(templates);
  const stale = staleFiles(root, outputs);
  if (check) {
    for (const file of stale) console.error(`${file} is stale: run \`npm run templates\` and commit it.`);
    return stale.length > 0 ? 1 : 0;
  }
  for (const { file, content } of outputs) {
    if (stale.includes(file)) writeFileSync(join(root, file), content);
  }
  console.log(`${templates.length} templates; ${stale.length === 0 ? 'nothing changed' : stale.join(', ')}`);
  return 0;
}

if (require.main === module) {
  void build(join(__dirname, '..'), process.argv.slice(2)).then((status) => {
    process.exitCode = status;
  });
}
