/** Text that is HTML already. Made only by {@link html}, so that everything else is escaped. */
export interface Html {
  readonly markup: string;
}

/** What a template takes in. */
export type Part = Html | string | number | null | undefined | false | readonly Part[];

/**
 * HTML from a template. Values are escaped, and what nobody sees in them is shown as U+FFFD; HTML is taken as it is,
 * lists are joined; null, undefined and false leave nothing behind.
 *
 * @example html`<li>${name}</li>`
 */
export function html(texts: TemplateStringsArray, ...parts: readonly Part[]): Html {
  return { markup: texts.map((text, i) => (i === 0 ? text : markupOf(parts[i - 1]) + text)).join('') };
}

function markupOf(part: Part): string {
  if (part === null || part === undefined || part === false) return '';
  if (typeof part === 'string' || typeof part === 'number') return escape(String(part));
  return 'markup' in part ? part.markup : part.map(markupOf).join('');
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Besides markup: controls, and what turns the direction of the text that follows, so that a name cannot rewrite a line. */
const escaped = /[&<>"'\p{Cc}\u202a-\u202e\u2066-\u2069]/gu;
const spaces = '\t\n\r';

const escape = (text: string): string =>
  text.replace(
    escaped,
    (character) => entities[character] ?? (spaces.includes(character) ? character : '\ufffd'),
  );
