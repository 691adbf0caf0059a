import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from './build';
import { bothLanguages, project, section, words } from './compiler/project.fixture';

/** Runs the command and keeps what it printed. */
async function run(root: string, ...args: string[]): Promise<{ status: number; printed: string }> {
  const printed: string[] = [];
  const print = (line: unknown) => void printed.push(String(line));
  const spies = [jest.spyOn(console, 'log'), jest.spyOn(console, 'error')];
  for (const spy of spies) spy.mockImplementation(print);
  const status = await build(root, args);
  for (const spy of spies) spy.mockRestore();
  return { status, printed: printed.join('\n') };
}

const note = {
  'templates/email/note.mjml': section(
    '{{#each cars}}{{model}} {{money price}}{{/each}} {{#if gift}}{{gift}}{{/if}}',
  ),
  'templates/email/note.json': words(bothLanguages({})),
  'templates/sms/short.json': words({ en: { body: 'Hi' }, 'pt-BR': { body: 'Oi' } }),
};

it("this project's generated files are what its templates say", async () => {
  expect(await run(join(__dirname, '..'), '--check')).toEqual({ status: 0, printed: '' });
});

it('writes types that say what each template needs', async () => {
  const { root, remove } = project(note);
  expect(await run(root)).toEqual({
    status: 0,
    printed: '2 templates; domain/templates.gen.ts, templates/compiled.gen.ts',
  });
  const types = readFileSync(join(root, 'domain/templates.gen.ts'), 'utf8');
  remove();
  expect(types).toContain("import type { Money } from './money';");
  expect(types).not.toContain('ChosenOffer');
  expect(types).toContain(
    'note: { cars: readonly ({ model: string; price: Money })[]; gift?: string | undefined };',
  );
  expect(types).toContain('short: Record<never, never>;');
  expect(types).toContain("note: { purpose: 'transactional', topic: 'account' },");
});

it('lists the files that are stale, and none after a build', async () => {
  const { root, remove } = project(note);
  expect(await run(root, '--check')).toEqual({
    status: 1,
    printed: ['domain/templates.gen.ts', 'templates/compiled.gen.ts']
      .map((file) => `${file} is stale: run \`npm run templates\` and commit it.`)
      .join('\n'),
  });
  await run(root);
  expect((await run(root, '--check')).status).toBe(0);
  writeFileSync(
    join(root, 'templates/email/note.mjml'),
    note['templates/email/note.mjml'].replace('gift}}<', 'gift}}!<'),
  );
  writeFileSync(
    join(root, 'templates/sms/short.json'),
    note['templates/sms/short.json'].replace('Oi', 'Olá'),
  );
  expect(await run(root, '--check')).toMatchObject({
    status: 1,
    printed: expect.stringMatching(/^templates\/compiled\.gen\.ts is stale/) as unknown,
  });
  remove();
});

it('writes nothing where a template has a problem', async () => {
  const { root, remove } = project({ ...note, 'templates/email/note.mjml': section('{{moeda x}}') });
  const { status, printed } = await run(root);
  expect(status).toBe(1);
  expect(printed).toMatch(/unknown helper "moeda".*\n1 problem\(s\); nothing was written\.$/s);
  expect(() => readFileSync(join(root, 'domain/templates.gen.ts'))).toThrow('ENOENT');
  remove();
});

it('refuses arguments that it does not know', async () => {
  expect(await run('.', '--force')).toEqual({ status: 2, printed: 'Usage: npm run templates [-- --check]' });
});
