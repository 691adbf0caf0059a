import { load } from 'cheerio';
import { mark } from './hostile-store';

/** What is looked at of an answer. */
interface Answer {
  readonly headers: Readonly<Record<string, unknown>>;
}

const addresses = ['href', 'src', 'action', 'formaction', 'srcset', 'poster', 'data'];
const ours = /^(\/(?!\/)|\.\/|\?|#|https:\/\/temporal\.example(\/|$)|data:image\/svg\+xml,)/;

/** What of a page came from data and is more than text, or could run, load or lead elsewhere. */
export function faults(body: string, isDocumentation: boolean): string[] {
  const $ = load(body);
  const found: string[] = [];
  for (const element of $('*').toArray()) {
    if (!('attribs' in element)) continue;
    const { name, attribs } = element;
    if (name.includes(mark) || /^(iframe|object|embed|base|applet|frame)$/.test(name))
      found.push(`<${name}>`);
    if (name === 'script' && (!isDocumentation || $(element).text().trim() !== '')) found.push('a script');
    for (const [attribute, value] of Object.entries(attribs)) {
      if (attribute.includes(mark) || /^on|^style$/.test(attribute)) found.push(`<${name} ${attribute}>`);
      if (addresses.includes(attribute) && !ours.test(value)) found.push(`<${name} ${attribute}="${value}">`);
    }
  }
  for (const only of ['html', 'head', 'title', 'body'])
    if ($(only).length !== 1) found.push(`not one ${only}`);
  const rest = $('html').contents().toArray().concat($.root().contents().toArray());
  if (!isDocumentation && rest.some(({ nodeType }) => nodeType === 8)) found.push('a comment');
  // What turns the direction of what follows, and what no terminal or page shows.
  if (/[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/.test(body))
    found.push('a control character');
  return found;
}

/** The directives of an answer's content security policy. */
export const policyOf = ({ headers }: Answer): ReadonlyMap<string, string> =>
  new Map(
    String(headers['content-security-policy'])
      .split(';')
      .map((directive) => {
        const [name = '', ...values] = directive.trim().split(' ');
        return [name, values.join(' ')] as const;
      }),
  );

/** Holds an answer to give whatever is in it no power: to run, to be framed, to be guessed at, to tell where it came from, to lead away. */
export function expectStrict(answer: Answer): void {
  const policy = policyOf(answer);
  expect([...policy.values()].join(' ')).not.toMatch(/unsafe|\*|https?:/);
  expect(policy.get('default-src')).toBe("'none'");
  expect(policy.get('frame-ancestors')).toBe("'none'");
  expect(policy.get('base-uri')).toBe("'none'");
  expect(policy.get('form-action')).toMatch(/^'(self|none)'$/);
  expect(answer.headers['x-content-type-options']).toBe('nosniff');
  expect(answer.headers['referrer-policy']).toMatch(/^(no-referrer|same-origin)$/);
  expect(answer.headers['location'] ?? '/').toMatch(/^(\/(?!\/)|https:\/\/example\.com\/$)/);
}
