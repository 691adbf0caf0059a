import { load } from 'cheerio';
import { generate, parse, walk, type CssNode, type Rule } from 'css-tree';

/** A text of a page, and how well it can be read. */
export interface TextContrast {
  readonly text: string;
  readonly color: string;
  readonly background: string;
  /** WCAG 2.2 contrast ratio, 1 to 21. */
  readonly ratio: number;
  /** CSS pixels. */
  readonly fontSize: number;
}

/** What the page is looked at with. */
export interface Viewer {
  readonly scheme: 'light' | 'dark';
  /** Width of the window, CSS pixels. */
  readonly width: number;
}

interface Declared {
  readonly value: string;
  /** Important, specificity, order: compared from left to right. */
  readonly weight: readonly number[];
}

/** What a browser takes where a page says nothing. */
const canvas = {
  light: { color: '#000000', background: '#ffffff', link: '#0000ee' },
  dark: { color: '#ffffff', background: '#121212', link: '#9e9eff' },
} as const;

/**
 * Every visible text of an e-mail with its colour and the colour behind it, as the cascade of its style sheets and
 * attributes gives them to a viewer. A style that this does not understand is an error, and never passed over.
 */
export function textContrasts(html: string, viewer: Viewer): readonly TextContrast[] {
  const $ = load(html);
  const declared = new Map<unknown, Map<string, Declared>>();
  const set = (element: unknown, property: string, next: Declared) => {
    const properties = declared.get(element) ?? new Map<string, Declared>();
    declared.set(element, properties);
    const old = properties.get(property);
    if (!old || compare(next.weight, old.weight) >= 0) properties.set(property, next);
  };
  let order = 0;
  const declare = (node: CssNode, elements: readonly unknown[], specificity: readonly number[]) =>
    walk(node, (part) => {
      if (part.type !== 'Declaration') return;
      const weight = [part.important === false ? 0 : 1, ...specificity, ++order];
      const property = part.property === 'background' ? 'background-color' : part.property;
      for (const element of elements) set(element, property, { value: generate(part.value), weight });
    });
  $('[bgcolor]').each((_, element) =>
    set(element, 'background-color', { value: $(element).attr('bgcolor') ?? '', weight: [0, 0, 0, 0, 0, 0] }),
  );
  $('style').each((_, sheet) => {
    if (!applies($(sheet).attr('media') ?? 'all', viewer)) return;
    for (const rule of rulesFor(parse($(sheet).text()), viewer)) {
      if (rule.prelude.type !== 'SelectorList') continue;
      rule.prelude.children.forEach((selector) =>
        declare(rule.block, $(generate(selector)).toArray(), [0, ...specificityOf(selector)]),
      );
    }
  });
  $('[style]').each((_, element) =>
    declare(parse($(element).attr('style') ?? '', { context: 'declarationList' }), [element], [1, 0, 0, 0]),
  );

  const found: TextContrast[] = [];
  type Seen = Pick<TextContrast, 'color' | 'background' | 'fontSize'>;
  const look = (element: Parameters<typeof $>[0], inherited: Seen): void => {
    const style = (property: string) => declared.get(element)?.get(property)?.value;
    if (style('display') === 'none' || style('visibility') === 'hidden') return;
    const own = style('color') ?? ($(element).is('a[href]') ? canvas[viewer.scheme].link : 'inherit');
    const behind = style('background-color') ?? 'transparent';
    const size = style('font-size') ?? 'inherit';
    const seen: Seen = {
      fontSize: size === 'inherit' ? inherited.fontSize : pixels(size),
      color: own === 'inherit' ? inherited.color : own,
      background: /^(transparent|none|inherit)$/.test(behind) ? inherited.background : behind,
    };
    $(element)
      .contents()
      .each((_, child) => {
        if ('tagName' in child) look(child, seen);
        const text = child.nodeType === 3 ? $(child).text().trim() : '';
        if (text === '') return;
        found.push({ text, ...seen, ratio: contrast(seen.color, seen.background) });
      });
  };
  look($('body').get(0), { ...canvas[viewer.scheme], fontSize: 16 });
  return found;
}

function pixels(size: string): number {
  const [, number] = /^(\d+(?:\.\d+)?)(?:px)?$/.exec(size) ?? [];
  if (number === undefined) throw new Error(`The size "${size}" is not understood; write it in pixels.`);
  return Number(number);
}

/** Rules that hold for a viewer, in their order. */
function rulesFor(sheet: CssNode, viewer: Viewer): readonly Rule[] {
  const rules: Rule[] = [];
  walk(sheet, {
    visit: 'Rule',
    enter(rule) {
      const query = this.atrule;
      if (query && query.name !== 'media') throw new Error(`@${query.name} is not understood.`);
      if (!query?.prelude || applies(generate(query.prelude), viewer)) rules.push(rule);
    },
  });
  return rules;
}

/** Whether a media query holds. */
function applies(query: string, { scheme, width }: Viewer): boolean {
  return query
    .replace(/^only\s+/, '')
    .split(/\s*\band\b\s*/)
    .every((part) => {
      if (part === 'screen' || part === 'all') return true;
      const [, feature, value = ''] = /^\(\s*([\w-]+)\s*:\s*([\w-]+)\s*\)$/.exec(part) ?? [];
      if (feature === 'prefers-color-scheme') return value === scheme;
      if (feature === 'min-width') return width >= parseFloat(value);
      if (feature === 'max-width') return width <= parseFloat(value);
      throw new Error(`The media query "${query}" is not understood.`);
    });
}

/** Ids, classes and their like, elements. */
function specificityOf(selector: CssNode): readonly number[] {
  const counts = [0, 0, 0];
  walk(selector, (part) => {
    const type: string = part.type;
    if (type === 'IdSelector') counts[0] = (counts[0] ?? 0) + 1;
    if (/^(Class|Attribute|PseudoClass)Selector$/.test(type)) counts[1] = (counts[1] ?? 0) + 1;
    if (type === 'TypeSelector') counts[2] = (counts[2] ?? 0) + 1;
  });
  return counts;
}

function compare(a: readonly number[], b: readonly number[]): number {
  return a.map((part, at) => part - (b[at] ?? 0)).find((difference) => difference !== 0) ?? 0;
}

/** WCAG 2.2, "contrast ratio" and "relative luminance", https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio */
export function contrast(one: string, other: string): number {
  const [lighter = 0, darker = 0] = [luminance(one), luminance(other)].sort((a, b) => b - a);
  return (lighter + 0.05) / (darker + 0.05);
}

function luminance(color: string): number {
  const [, digits] = /^#([0-9a-f]{6}|[0-9a-f]{3})$/i.exec(color) ?? [];
  if (digits === undefined) throw new Error(`The colour "${color}" is not understood; write it as #rrggbb.`);
  const long = digits.length === 3 ? digits.replace(/./g, '$&$&') : digits;
  const [r = 0, g = 0, b = 0] = [0, 2, 4].map((at) => {
    const part = parseInt(long.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}
