import { access, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Command } from 'commander';
import { journeyFiles } from '../new/journey-files';
import { root } from '../setup/index';

/** `perene new`: a file to start from. */
export function newCommand(): Command {
  return new Command('new').description('Writes files to start from.').addCommand(
    new Command('journey')
      .description('Writes a journey and its test, and puts it into workflows/journeys/index.ts.')
      .argument('<name>', 'lower-case letters, digits and hyphens, such as first-service')
      .option('--json', 'print one JSON value for programs', false)
      .action((name: string, { json }: { json: boolean }, command: Command) => run(name, json, command)),
  );
}

async function run(name: string, json: boolean, command: Command): Promise<void> {
  if (!/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(name) || name.length > 64 || name === 'index') {
    command.error(
      `error: a journey is named with lower-case letters, digits and hyphens, such as first-service, not "${name}"`,
      { exitCode: 2 },
    );
  }
  const folder = join(root, 'workflows', 'journeys');
  const path = { journey: `${name}.ts`, test: `${name}.test.ts`, index: 'index.ts' } as const;
  for (const file of [path.journey, path.test]) {
    if (await exists(join(folder, file))) {
      command.error(`error: workflows/journeys/${file} is there already; nothing was written`, {
        exitCode: 2,
      });
    }
  }
  const files = journeyFiles(name, await readFile(join(folder, path.index), 'utf8'));
  for (const part of ['journey', 'test', 'index'] as const) {
    await writeFile(join(folder, path[part]), files[part], { flag: part === 'index' ? 'w' : 'wx' });
  }
  const written = Object.values(path).map((file) => `workflows/journeys/${file}`);
  process.stdout.write(
    json
      ? `${JSON.stringify({ journey: name, files: written }, null, 2)}\n`
      : `${written.map((file) => `  ${file}\n`).join('')}\nPlay it: npx perene simulate ${name}\n`,
  );
}

const exists = (file: string): Promise<boolean> =>
  access(file).then(
    () => true,
    () => false,
  );
