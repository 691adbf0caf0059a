import { convert, type DomNode, type FormatCallback, type HtmlToTextOptions } from 'html-to-text';

/**
 * A button (of class `action`) and a link of a list (`links`) become "words: address" on a line of their own, a link in
 * a sentence "words (address)".
 */
const link: FormatCallback = (element, walk, builder) => {
  const list = isInside(element, 'links');
  const alone = list || isInside(element, 'action');
  if (alone) builder.openBlock({ leadingLineBreaks: list ? 1 : 2 });
  walk(element.children, builder);
  const href = attribute(element, 'href');
  builder.addInline(alone ? `: ${href}` : ` (${href})`, { noWordTransform: true });
  if (alone) builder.closeBlock({ trailingLineBreaks: list ? 1 : 2 });
};

const options: HtmlToTextOptions = {
  wordwrap: false,
  formatters: { link },
  selectors: [
    { selector: 'div[style*="display:none"]', format: 'skip' },
    { selector: '.html-only', format: 'skip' },
    { selector: 'a', format: 'link' },
    { selector: 'img', format: 'skip' },
    { selector: 'ul', options: { itemPrefix: '- ' } },
    ...['h1', 'h2', 'h3'].map((selector) => ({ selector, options: { uppercase: false } })),
  ],
};

/**
 * The plain-text part of an e-mail, from its HTML. Expressions stay in it, so that a message is rendered to text as
 * fast as to HTML.
 */
export function toPlainText(html: string): string {
  return `${convert(html, options).trim()}\n`;
}

function isInside(element: DomNode | undefined, className: string): boolean {
  if (!element) return false;
  return attribute(element, 'class').split(' ').includes(className) || isInside(element.parent, className);
}

function attribute(element: DomNode, name: string): string {
  const attributes = (element.attribs ?? {}) as Readonly<Record<string, string>>;
  return attributes[name] ?? '';
}
