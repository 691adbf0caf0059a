import { isAbsolute, join, relative } from 'node:path';
import { Command, InvalidArgumentError, Option } from 'commander';
import { customerFolder } from '../../activities/erasure/customer-files';
import { locales, type Locale } from '../../domain/locale';
import { channels, type Channel } from '../../domain/messages';
import { dataDirOf } from '../dev/plan';
import { readRunning } from '../dev/running';
import { channelsOf, preview, type Preview } from '../preview/preview';
import { readStored, type PreviewReader } from '../preview/reader';
import { sampleCustomer } from '../preview/sample';
import { findChromium } from '../preview/screenshot';
import { root } from '../setup/index';

interface Flags {
  readonly channel?: Channel;
  readonly customer?: string;
  readonly offer?: string;
  readonly locale?: Locale;
  readonly variables: Readonly<Record<string, unknown>>;
  readonly out?: string;
  readonly pictures: boolean;
  readonly json: boolean;
}

/** `perene preview`: what a message looks like, without sending it. */
export function previewCommand(): Command {
  return new Command('preview')
    .description('Renders a message to HTML, text and pictures, for an invented reader or a stored customer.')
    .argument('<template>', 'name of an e-mail or SMS template')
    .addOption(new Option('--channel <channel>', 'only this channel').choices(channels))
    .option('--customer <id>', 'a stored customer, in their own language and time zone')
    .option('--offer <id>', 'an offer of the catalogue (with --customer; default: the first)')
    .addOption(new Option('--locale <locale>', 'only this language').choices(locales))
    .option('--variables <json>', 'values in place of invented ones, as a JSON object', objectOf, {})
    .option(
      '--out <folder>',
      'where to write (default: in the data folder, from where erasing a customer removes what was made of them)',
    )
    .option('--no-pictures', 'no PNGs, even where there is a Chromium')
    .option('--json', 'print one JSON value for programs', false)
    .action(async (template: string, flags: Flags, command: Command) => {
      const wanted = channelsOf(template).filter((channel) => (flags.channel ?? channel) === channel);
      if (wanted.length === 0) {
        const what = flags.channel === undefined ? 'template' : `${flags.channel} template`;
        command.error(`error: there is no ${what} "${template}"`, { exitCode: 2 });
      }
      if (flags.offer !== undefined && flags.customer === undefined) {
        command.error('error: --offer needs --customer', { exitCode: 2 });
      }
      await run({ template, wanted, flags, env: process.env });
    });
}

interface Run {
  readonly template: string;
  readonly wanted: readonly Channel[];
  readonly flags: Flags;
  readonly env: NodeJS.ProcessEnv;
}

async function run({ template, wanted, flags, env }: Run): Promise<void> {
  const dataDir = dataDirOf(env, root);
  const readers = flags.customer === undefined ? sampleReaders(flags, env) : [await stored(flags.customer)];
  const folder =
    flags.out ??
    (flags.customer === undefined ? join(dataDir, 'preview') : customerFolder(dataDir, flags.customer));
  const chromium = flags.pictures ? findChromium(env) : undefined;
  const shown: Preview[] = [];
  for (const reader of readers) {
    for (const channel of wanted) {
      const options = { template, channel, reader, folder, chromium, variables: flags.variables };
      shown.push(await preview(options));
    }
  }
  process.stdout.write(flags.json ? `${JSON.stringify(shown, null, 2)}\n` : shown.map(describe).join('\n'));
  if (flags.pictures && chromium === undefined && wanted.includes('email')) {
    process.stderr.write('No pictures: there is no chromium or google-chrome on PATH.\n');
  }

  async function stored(customerId: string): Promise<PreviewReader> {
    const running = await readRunning(dataDir);
    const reader = await readStored(
      { ...running?.variables, ...definedOf(env) },
      { customerId, offerId: flags.offer },
    );
    if (flags.locale === undefined) return reader;
    return { ...reader, customer: { ...reader.customer, locale: flags.locale } };
  }
}

function sampleReaders({ locale }: Flags, env: NodeJS.ProcessEnv): PreviewReader[] {
  return locales
    .filter((spoken) => (locale ?? spoken) === spoken)
    .map((spoken) => ({
      customer: sampleCustomer(spoken),
      business: {
        name: env['BUSINESS_NAME'] || 'Perene Motors',
        locale: spoken,
        timeZone: 'America/Sao_Paulo',
      },
      publicUrl: 'https://example.com',
    }));
}

/** A variable that is there but empty counts as not set, and does not hide one of the running system. */
const definedOf = (env: NodeJS.ProcessEnv): NodeJS.ProcessEnv =>
  Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''));

function describe({ channel, template, locale, subject, preheader, text, files }: Preview): string {
  return [
    `${channel} ${template} (${locale})`,
    ...(subject === undefined
      ? [`  ${text}`]
      : [`  Subject:   ${subject}`, `  Preheader: ${preheader ?? ''}`]),
    ...files.map((file) => `  ${isAbsolute(file) ? short(file) : file}`),
    '',
  ].join('\n');
}

/** A path below the working directory from there, any other in full. */
function short(file: string): string {
  const path = relative('.', file);
  return path.startsWith('..') ? file : path;
}

function objectOf(text: string): Record<string, unknown> {
  try {
    const parsed: unknown = JSON.parse(text);
    if (typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed)) return { ...parsed };
  } catch {
    // Told below: what is not JSON is no object either.
  }
  throw new InvalidArgumentError('It must be a JSON object such as {"coupon":"WELCOME10"}.');
}
