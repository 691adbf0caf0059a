import { Command, InvalidArgumentError, Option } from 'commander';
import { z } from 'zod';
import { keyScopes } from '../../domain/keys';
import { findConfiguration } from '../demo/target';

const key = z.object({
  id: z.string(),
  name: z.string(),
  scope: z.string(),
  hint: z.string(),
  createdAt: z.string(),
  expiresAt: z.string().optional(),
  revokedAt: z.string().optional(),
});
const madeKey = key.extend({ key: z.string() });
type Key = z.infer<typeof key>;
interface Flags {
  readonly json: boolean;
}

/** `perene keys`: makes, lists, exchanges and revokes keys to the API, over the API, so that the audit log has it. */
export function keysCommand(): Command {
  const json = () => new Option('--json', 'print one JSON value for programs').default(false);
  const keys = new Command('keys').description('Makes, lists, exchanges and revokes keys to the API.');
  keys
    .command('list', { isDefault: true })
    .description('lists keys, without the keys themselves')
    .addOption(json())
    .action(async (flags: Flags) => {
      const { keys: all } = await call('GET', '/v1/keys', z.object({ keys: z.array(key) }));
      print(flags, all, all.length === 0 ? 'No key was made yet.\n' : all.map(line).join(''));
    });
  keys
    .command('create')
    .description('makes a key and shows it, this once')
    .argument('<name>', 'who or what uses it; the audit log shows it')
    .addOption(new Option('--scope <scope>', 'what it opens').choices([...keyScopes]).makeOptionMandatory())
    .option('--days <days>', 'after how many days it opens nothing any more', wholeNumber)
    .addOption(json())
    .action(async (name: string, { scope, days, ...flags }: Flags & { scope: string; days?: number }) => {
      const body = { name, scope, ...(days !== undefined && { expiresInDays: days }) };
      printMade(flags, await call('POST', '/v1/keys', madeKey, body));
    });
  keys
    .command('rotate')
    .description('makes a key that takes the place of another and shows it, this once')
    .argument('<id>', 'of the key, as the list shows it')
    .option('--overlap <hours>', 'for how long the old one opens too', wholeNumber, 24)
    .addOption(json())
    .action(async (id: string, { overlap, ...flags }: Flags & { overlap: number }) => {
      const path = `/v1/keys/${encodeURIComponent(id)}/rotate`;
      printMade(flags, await call('POST', path, madeKey, { overlapHours: overlap }));
    });
  keys
    .command('revoke')
    .description('lets a key open nothing any more')
    .argument('<id>', 'of the key, as the list shows it')
    .addOption(json())
    .action(async (id: string, flags: Flags) => {
      const revoked = await call('DELETE', `/v1/keys/${encodeURIComponent(id)}`, key);
      print(flags, revoked, line(revoked));
    });
  return keys;
}

const print = ({ json }: Flags, value: unknown, text: string): void =>
  void process.stdout.write(json ? `${JSON.stringify(value, null, 2)}\n` : text);

const printMade = (flags: Flags, made: z.infer<typeof madeKey>): void =>
  print(flags, made, `${line(made)}${made.key}\nIt is not shown again: only its digest is stored.\n`);

function line({ id, name, scope, hint, createdAt, expiresAt, revokedAt }: Key): string {
  const day = (instant: string) => instant.slice(0, 10);
  const end =
    revokedAt !== undefined
      ? `revoked ${day(revokedAt)}`
      : expiresAt !== undefined
        ? `until ${expiresAt.slice(0, 16)}Z`
        : '';
  return `${id}  ${scope.padEnd(5)}  ${hint}…  ${day(createdAt)}  ${name}  ${end}`.trimEnd() + '\n';
}

/** @throws Error - nothing runs, the API does not answer, or it refuses; with what it says of the request */
async function call<Answer>(
  method: 'GET' | 'POST' | 'DELETE',
  path: string,
  answer: z.ZodType<Answer>,
  body?: object,
): Promise<Answer> {
  const configuration = await findConfiguration(process.env);
  if (!configuration)
    throw new Error(
      'No running system was found: `npm start`, or set PUBLIC_URL, PERENE_ADMIN_KEY and the rest.',
    );
  const response = await fetch(configuration.http.publicUrl + path, {
    method,
    headers: {
      authorization: `Bearer ${configuration.keys.admin}`,
      ...(body && { 'content-type': 'application/json' }),
    },
    ...(body && { body: JSON.stringify(body) }),
    signal: AbortSignal.timeout(10_000),
  }).catch((cause: unknown) => {
    throw new Error(`The API at ${configuration.http.publicUrl} does not answer.`, { cause });
  });
  const said: unknown = await response.json();
  if (response.ok) return answer.parse(said);
  const refusal = z
    .object({
      title: z.string(),
      detail: z.string().optional(),
      issues: z.array(z.object({ path: z.string(), message: z.string() })).optional(),
    })
    .parse(said);
  const issues = (refusal.issues ?? []).map(({ path: where, message }) => `${where}: ${message}`);
  throw new Error([refusal.detail ?? refusal.title, ...issues].join('\n  '));
}

function wholeNumber(text: string): number {
  if (!/^\d{1,5}$/.test(text)) throw new InvalidArgumentError('It must be a whole number.');
  return Number(text);
}
