import type { Locale } from '../domain/locale';

/**
 * What a value is used as. `text` is printed as it is; `number`, `money` and `date` are printed by the helper of that
 * name; `url` is an http(s) address; `flag` is only asked for by `{{#if}}`.
 */
export type Kind = 'text' | 'number' | 'money' | 'date' | 'url' | 'flag';

/** One value. An optional one may be printed only where an `{{#if}}` has asked for it. */
export interface ValueShape {
  readonly kind: Kind;
  readonly optional?: boolean;
}

/** Values by name: the variables of a template, or one variable with parts, as in `{{car.model}}`. */
export interface FieldsShape {
  readonly kind: 'fields';
  readonly optional?: boolean;
  readonly fields: Readonly<Record<string, Shape>>;
}

/** What `{{#each}}` goes through. */
export interface ListShape {
  readonly kind: 'list';
  readonly optional?: boolean;
  readonly item: Shape;
}

/** What a template needs to know of a variable, as inferred from its words in all languages. */
export type Shape = ValueShape | FieldsShape | ListShape;

const fields = (of: Readonly<Record<string, Shape>>): FieldsShape => ({ kind: 'fields', fields: of });
const text: ValueShape = { kind: 'text' };
const maybe = (kind: Kind): ValueShape => ({ kind, optional: true });

/** Roots that every template can use without its journey passing them. `offer` is looked up by the caller. */
export const givenRoots = {
  customer: fields({ firstName: maybe('text') }),
  business: fields({ name: text, url: maybe('url'), phone: maybe('text'), address: maybe('text') }),
  links: fields({
    unsubscribe: { kind: 'url' },
    preferences: { kind: 'url' },
    confirm: maybe('url'),
    survey: maybe('url'),
  }),
  /** The price is absent where the offer costs nothing. */
  offer: fields({ name: text, description: text, price: maybe('money'), url: { kind: 'url' } }),
} as const satisfies Readonly<Record<string, FieldsShape>>;

/** What `templates/compiled.gen.ts` holds of a template, whatever its channel. */
interface CompiledTemplate<Words> {
  readonly variables: FieldsShape;
  /** Whether its words name `offer`. */
  readonly offer: boolean;
  readonly words: Readonly<Record<Locale, Words>>;
}

/** Handlebars sources of one e-mail in one language; only `html` is escaped when it is rendered. */
export interface EmailWords {
  readonly subject: string;
  readonly preheader: string;
  readonly html: string;
  readonly text: string;
}

/** Handlebars sources of one text message in one language. */
export interface SmsWords {
  readonly body: string;
}

/** Every template, ready to be rendered. */
export interface CompiledTemplates {
  readonly email: Readonly<Record<string, CompiledTemplate<EmailWords>>>;
  readonly sms: Readonly<Record<string, CompiledTemplate<SmsWords>>>;
}
