import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { runPerene } from '../../test/perene-process';
import { journeyFiles } from './journey-files';

const root = join(__dirname, '..', '..');
const folder = join(root, 'workflows', 'journeys');
const index = readFileSync(join(folder, 'index.ts'), 'utf8');

/** What the compiler says of files that are not written, among those that are. */
function problemsOf(files: ReadonlyMap<string, string>): string[] {
  const read = ts.readConfigFile(join(root, 'tsconfig.json'), (path) => ts.sys.readFile(path));
  const { options } = ts.parseJsonConfigFileContent(read.config, ts.sys, root);
  const host = ts.createCompilerHost(options);
  const readFile = host.readFile.bind(host);
  const fileExists = host.fileExists.bind(host);
  host.readFile = (path) => files.get(path) ?? readFile(path);
  host.fileExists = (path) => files.has(path) || fileExists(path);
  const getSourceFile = host.getSourceFile.bind(host);
  host.getSourceFile = (path, language, ...rest) => {
    const text = files.get(path);
    return text === undefined
      ? getSourceFile(path, language, ...rest)
      : ts.createSourceFile(path, text, language);
  };
  const program = ts.createProgram([...files.keys()], options, host);
  return [...files.keys()].flatMap((path) => {
    const source = program.getSourceFile(path);
    const found = [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)];
    return found.map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'));
  });
}

describe('a new journey', () => {
  it('compiles, with its test, and is registered', () => {
    const files = journeyFiles('first-service', index);
    expect(files.index).toContain("import { firstService } from './first-service';\n");
    expect(files.index).toContain('  doubleOptIn,\n  firstService,\n];');
    const texts = new Map([
      [join(folder, 'first-service.ts'), files.journey],
      [join(folder, 'first-service.test.ts'), files.test],
      [join(folder, 'index.ts'), files.index],
    ]);
    expect(problemsOf(texts)).toEqual([]);
  });

  it.each([
    ['[]', '[second]'],
    ['[first]', '[first, second]'],
    ['[\n  first,\n]', '[\n  first,\n  second,\n]'],
  ])('goes to the end of a list as it is written: %j', (before, after) => {
    const list = (names: string) =>
      `import { a } from './a';\n\nexport const journeys: readonly Journey[] = ${names};`;
    expect(journeyFiles('second', list(before)).index).toContain(`= ${after};`);
  });

  it('is refused with a name that cannot be one, or that is there', async () => {
    const [bad, taken] = await Promise.all([
      runPerene(['new', 'journey', 'First Service']),
      runPerene(['new', 'journey', 'upsell']),
    ]);
    expect(bad).toMatchObject({ status: 2 });
    expect(bad.stderr).toContain('such as first-service, not "First Service"');
    expect(taken).toMatchObject({ status: 2 });
    expect(taken.stderr).toContain('workflows/journeys/upsell.ts is there already; nothing was written');
  });
});
