import Handlebars from 'handlebars';
import { nearestLocale, type Locale } from '../domain/locale';
import type { Channel } from '../domain/messages';
import type { Money } from '../domain/money';
import { smsSegments } from '../domain/sms-segments';
import { compiled } from './compiled.gen';
import { isTimeZone } from './formats';
import { blockHelpers, valueHelpers, type Reader } from './helpers';
import { greetingName } from './person-name';
import { givenRoots, type FieldsShape } from './shape';
import { readFields, type Complain } from './values';
import { wrapLines } from './wrap';

/** The business that speaks, as its customers know it. */
export interface RenderedBusiness {
  readonly name: string;
  /** Language and zone for people whose own are not known, or not spoken. */
  readonly locale: Locale;
  readonly timeZone: string;
  readonly url?: string | undefined;
  readonly phone?: string | undefined;
  /** Postal address, on one line. */
  readonly address?: string | undefined;
}

/** An offer's words, as the catalogue holds them. */
export interface RenderedOffer {
  readonly name: Readonly<Record<Locale, string>>;
  readonly description: Readonly<Record<Locale, string>>;
  readonly price: Money;
  /** Where the link goes: the offer's own address, or one that leads to it. */
  readonly url: string;
}

/** All that a message is made of besides its template. */
export interface RenderOptions {
  /** BCP 47 tag of the person's language; the nearest language that templates speak is used. */
  readonly locale?: string | undefined;
  /** IANA zone in which the person reads dates. */
  readonly timeZone?: string | undefined;
  readonly variables: Readonly<Record<string, unknown>>;
  readonly customer: { readonly firstName?: string | undefined };
  readonly business: RenderedBusiness;
  /** Public addresses of this person's unsubscribe and preferences pages. */
  readonly links: {
    readonly unsubscribe: string;
    readonly preferences: string;
    /** Where this person confirms that they asked for marketing; absent where nothing is to be confirmed. */
    readonly confirm?: string | undefined;
    /** Where this person answers the survey that the message asks; absent where it asks none. */
    readonly survey?: string | undefined;
  };
  /** The offer that `variables.offer` names; only templates that speak of one need it. */
  readonly offer?: RenderedOffer | undefined;
}

/** An e-mail, ready to be sent. `subject` and `preheader` are plain text on one line. */
export interface RenderedEmail {
  readonly locale: Locale;
  readonly subject: string;
  readonly preheader: string;
  readonly html: string;
  readonly text: string;
}

/** A text message, ready to be sent. */
export interface RenderedSms {
  readonly locale: Locale;
  readonly body: string;
  /** How many segments it is charged as. */
  readonly segments: number;
}

/**
 * Renders an e-mail in the person's language.
 *
 * @throws Error - named `TemplateError`, where there is no such template or a variable is missing or wrong. It names
 *   the template and the variable, never a value.
 */
export function renderEmail(name: string, options: RenderOptions): RenderedEmail {
  const template = find(compiled.email, 'email', name);
  const { reader, context } = prepare(template, `e-mail ${name}`, options);
  const words = template.words[reader.locale];
  const fill = (part: keyof typeof words, medium: Medium) =>
    compile(words[part], medium)(context, { data: reader });
  return {
    locale: reader.locale,
    subject: shortened(plainLine(fill('subject', 'plain'))),
    preheader: plainLine(fill('preheader', 'plain')),
    // A quoted attribute and running text, the only places of a value, need no escaped equals sign; addresses are
    // easier to read and to rewrite without it.
    html: fill('html', 'html').replaceAll('&#x3D;', '='),
    text: wrapLines(plainText(fill('text', 'plain'))),
  };
}

/**
 * Renders a text message in the person's language.
 *
 * @throws Error - as {@link renderEmail} does
 */
export function renderSms(name: string, options: RenderOptions): RenderedSms {
  const template = find(compiled.sms, 'sms', name);
  const { reader, context } = prepare(template, `SMS ${name}`, options);
  const body = compile(template.words[reader.locale].body, 'plain')(context, { data: reader });
  const text = plainText(body).trim();
  return { locale: reader.locale, body: text, segments: smsSegments(text).segments };
}

type Medium = 'html' | 'plain';

function find<Template>(
  templates: Readonly<Record<string, Template>>,
  channel: Channel,
  name: string,
): Template {
  const template = Object.hasOwn(templates, name) ? templates[name] : undefined;
  if (!template) throw templateError(`There is no ${channel} template named "${name}".`);
  return template;
}

function prepare(
  template: { readonly variables: FieldsShape; readonly offer: boolean },
  title: string,
  { locale, timeZone, variables, customer, business, links, offer }: RenderOptions,
): { reader: Reader; context: Record<string, unknown> } {
  const complain: Complain = (path, fault) => {
    throw templateError(`Template ${title}: ${path} ${fault}.`);
  };
  const spoken = nearestLocale(locale, business.locale);
  const { offer: offerShape, ...always } = givenRoots;
  const roots = template.offer ? { ...always, offer: offerShape } : always;
  const given = {
    customer: { firstName: greetingName(customer.firstName) },
    business,
    links,
    offer: offer && inLanguage(offer, spoken),
  };
  return {
    reader: {
      locale: spoken,
      timeZone: timeZone !== undefined && isTimeZone(timeZone) ? timeZone : business.timeZone,
    },
    context: {
      ...readFields(template.variables, variables, { path: '', complain }),
      ...readFields({ kind: 'fields', fields: roots }, given, { path: '', complain }),
    },
  };
}

function inLanguage({ name, description, price, url }: RenderedOffer, locale: Locale) {
  return {
    name: name[locale],
    description: description[locale],
    price: price.amount === 0 ? undefined : price,
    url,
  };
}

const handlebars = Handlebars.create();
handlebars.registerHelper(valueHelpers);
const knownHelpers = Object.fromEntries(
  [...Object.keys(valueHelpers), ...blockHelpers].map((name) => [name, true]),
);

const compiledSources = {
  html: new Map<string, HandlebarsTemplateDelegate>(),
  plain: new Map<string, HandlebarsTemplateDelegate>(),
};

function compile(source: string, medium: Medium): HandlebarsTemplateDelegate {
  const known = compiledSources[medium].get(source);
  if (known) return known;
  const template = handlebars.compile(source, {
    strict: true,
    knownHelpers,
    knownHelpersOnly: true,
    noEscape: medium === 'plain',
  });
  compiledSources[medium].set(source, template);
  return template;
}

/** No-break spaces, which formats of money use, cost an SMS half its length and look odd in some terminals. */
function plainText(text: string): string {
  return text
    .replace(/[\u00A0\u202F]/g, ' ')
    .replace(/[ \t]+$/gm, '')
    .replace(/\n{3,}/g, '\n\n');
}

function plainLine(text: string): string {
  return plainText(text).replace(/\s+/g, ' ').trim();
}

/** Most characters of a subject: programs show fewer, and a line of a header may not have more than 998 bytes. */
const longestSubject = 200;

function shortened(line: string): string {
  const characters = Array.from(line);
  return characters.length <= longestSubject ? line : `${characters.slice(0, longestSubject - 1).join('')}…`;
}

function templateError(message: string): Error {
  return Object.assign(new Error(message), { name: 'TemplateError' });
}
