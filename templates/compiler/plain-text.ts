import { convert, type DomNode, type FormatCallback, type HtmlToTextOptions } from 'html-to-text';

/**
 * A button (of class `action`) and a link of a list (`links`) become "words:" and below it the address on a line of its
 * own, which no mail program breaks or glues to a full stop; a link in a sentence becomes "words (address)".
 */
const link: FormatCallback = (element, walk, builder) => {
  const alone = isInside(element, 'links') || isInside(element, 'action');
  const href = attribute(element, 'href');
  if (alone) builder.openBlock({ leadingLineBreaks: 2 });
  walk(element.children, builder);
  builder.addInline(alone ? ':' : ` (${href})`, { noWordTransform: true });
  if (!alone) return;
  builder.addLineBreak();
  builder.addInline(href, { noWordTransform: true });
  builder.closeBlock({ trailingLineBreaks: 2 });
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
