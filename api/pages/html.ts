/** Text that is HTML already. Made only by {@link html}, so that everything else is escaped. */
export interface Html {
  readonly markup: string;
}

/** What a template takes in. */
export type Part = Html | string | number | null | undefined | false | readonly Part[];

/**
 * HTML from a template. Values are escaped, HTML is taken as it is, lists are joined; null, undefined and false leave
 * nothing behind.
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

const escape = (text: string): string => text.replace(/[&<>"']/g, (character) => entities[character] ?? '');
