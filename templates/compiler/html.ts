import mjml2html from 'mjml';
import type { Expanded, Finding } from './expand';

/** Mail programs cut a longer message off. */
const mostBytes = 102 * 1024;

/** Turns expanded MJML into HTML in which every Handlebars expression stands as it stood. */
export async function compileHtml(
  expanded: Expanded,
): Promise<{ readonly html: string; readonly findings: readonly Finding[] }> {
  const { text, placeAt } = expanded;
  const { html: laidOut, errors } = await mjml2html(text, {
    validationLevel: 'soft',
    keepComments: false,
    fonts: {},
  });
  const html = `${laidOut
    .replace(/^\s+|[ \t]+$/gm, '')
    .replace(/\s+(?=<\/a>)/g, '')
    // Some programs, and filters that measure contrast, do not read the shorthand that MJML gives to buttons.
    .replace(
      /([;"])background:(#[\da-f]{6});(?!background-color)/gi,
      '$1background:$2;background-color:$2;',
    )}\n`;
  const findings: Finding[] = errors.map(({ line, tagName, message }) => ({
    ...placeAt(startOfLine(text, line)),
    message: `MJML: <${tagName}> ${message}`,
  }));
  findings.push(...unbalanced(expanded), ...withoutAlt(expanded));
  if (findings.length === 0) findings.push(...dropped(expanded, html));
  const bytes = Buffer.byteLength(html);
  if (bytes > mostBytes) {
    const message = `the HTML has ${Math.ceil(bytes / 1024)} KB and is cut off above ${mostBytes / 1024}; shorten it`;
    findings.push({ ...placeAt(0), message });
  }
  return { html, findings };
}

/** MJML closes what is left open wherever it likes; an author means something else. */
function unbalanced({ text, placeAt }: Expanded): Finding[] {
  const open: { readonly tag: string; readonly at: number }[] = [];
  for (const { index, 1: closing, 2: tag, 3: selfClosing } of text.matchAll(
    /<(\/?)(mj[\w-]*)(?:\s[^<>]*?)?(\/?)>/g,
  )) {
    if (tag === undefined || selfClosing === '/') continue;
    if (closing === '') {
      open.push({ tag, at: index });
      continue;
    }
    const last = open.pop();
    if (last?.tag !== tag) {
      const wanted = last ? `</${last.tag}>` : 'nothing, for nothing is open';
      return [{ ...placeAt(index), message: `MJML: </${tag}> stands where ${wanted} should` }];
    }
  }
  return open
    .slice(-1)
    .map(({ tag, at }) => ({ ...placeAt(at), message: `MJML: <${tag}> is never closed; close it` }));
}

function withoutAlt({ text, placeAt }: Expanded): Finding[] {
  return [...text.matchAll(/<(mj-image|mj-carousel-image|img)\b[^>]*>/g)]
    .filter(([tag]) => !/\salt="[^"]+"/.test(tag))
    .map(({ index, 1: tag }) => ({
      ...placeAt(index),
      message: `<${tag ?? ''}> has no alt text; say in alt="..." what the image shows`,
    }));
}

/** Expressions that MJML left out, because they stand between elements and not inside one. */
function dropped({ text, placeAt }: Expanded, html: string): Finding[] {
  const left = countOf(html);
  return [...text.matchAll(expression)]
    .filter(([found]) => {
      const count = left.get(found) ?? 0;
      left.set(found, count - 1);
      return count <= 0;
    })
    .map(({ 0: found, index }) => ({
      ...placeAt(index),
      message: `MJML drops ${found} where it stands; put it inside a text, or into <mj-raw>`,
    }));
}

const expression = /\{\{(?!!).*?\}\}/gs;

function countOf(html: string): Map<string, number> {
  const counts = new Map<string, number>();
  for (const [found] of html.matchAll(expression)) counts.set(found, (counts.get(found) ?? 0) + 1);
  return counts;
}

function startOfLine(text: string, line: number): number {
  const before = text
    .split('\n')
    .slice(0, line - 1)
    .join('\n');
  return before.length + (/^\s*/.exec(text.slice(before.length))?.[0].length ?? 0);
}
