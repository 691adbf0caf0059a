import { locales, type Locale } from '../../domain/locale';
import { givenRoots, type FieldsShape, type Kind, type Shape } from '../shape';
import type { Finding } from './expand';
import type { Use } from './uses';

/** What a template asks of the one who sends it. */
export interface Variables {
  readonly shape: FieldsShape;
  readonly offer: boolean;
  readonly findings: readonly (Finding & { readonly locale?: Locale })[];
}

/** Infers a template's variables from how its texts use them, over all languages. */
export function inferVariables(usesIn: Readonly<Record<Locale, readonly Use[]>>): Variables {
  const all = locales.flatMap((locale) => usesIn[locale]);
  const findings: Variables['findings'][number][] = [];
  const root = node();
  for (const use of all.filter(({ path }) => !isGiven(path))) add(root, use, findings);
  const fields = shapeOf(root);
  const shape: FieldsShape = fields.kind === 'fields' ? fields : { kind: 'fields', fields: {} };
  for (const locale of locales) {
    const elsewhere = locales.filter((other) => other !== locale);
    for (const { path, place } of unique(usesIn[locale].filter((use) => !isGiven(use.path)))) {
      const name = path.join('.');
      const missing = elsewhere.find((other) => !usesIn[other].some((use) => use.path.join('.') === name));
      if (!missing) continue;
      const message = `the variable "${name}" is used in ${locale} only; use it in ${missing} too, or in neither`;
      findings.push({ ...place, locale, message });
    }
  }
  const known: FieldsShape = { kind: 'fields', fields: { ...shape.fields, ...givenRoots } };
  for (const use of all) {
    const message = misuse(use, known);
    if (message !== undefined) findings.push({ ...use.place, message });
  }
  return { shape, offer: all.some(({ path }) => path[0] === 'offer'), findings };
}

interface Node {
  optional: boolean;
  value?: { readonly kind: Kind; readonly use: Use };
  fields: Map<string, Node>;
  item?: Node;
}

const node = (): Node => ({ optional: false, fields: new Map() });
const isGiven = ([root]: readonly string[]) => root !== undefined && root in givenRoots;
const unique = (uses: readonly Use[]) => [...new Map(uses.map((use) => [use.path.join('.'), use])).values()];

function add(root: Node, use: Use, findings: Finding[]): void {
  let at = root;
  for (const name of use.path) {
    const next = name === '[]' ? at.item : at.fields.get(name);
    const child = next ?? node();
    if (name === '[]') at.item = child;
    else at.fields.set(name, child);
    at = child;
  }
  if (use.as === 'asked') at.optional = true;
  else if (use.as === 'list') at.item ??= node();
  else if (!at.value) at.value = { kind: use.as, use };
  else if (at.value.kind !== use.as) {
    const { kind, use: other } = at.value;
    const where = `${other.place.file}:${other.place.line}`;
    const message = `"${use.path.join('.')}" is used as ${use.as} here and as ${kind} in ${where}; use it as one`;
    findings.push({ ...use.place, message });
  }
}

function shapeOf({ optional, value, fields, item }: Node): Shape {
  const maybe = optional ? { optional } : {};
  if (item) return { kind: 'list', ...maybe, item: shapeOf(item) };
  if (fields.size > 0 || (!value && !optional)) {
    const sorted = [...fields].sort(([a], [b]) => (a < b ? -1 : 1));
    const shapes = Object.fromEntries(sorted.map(([name, field]) => [name, shapeOf(field)]));
    return { kind: 'fields', ...maybe, fields: shapes };
  }
  return { kind: value?.kind ?? 'flag', ...maybe };
}

/** What is wrong with a use, given the shapes of all values. */
function misuse({ path, as, known }: Use, root: FieldsShape): string | undefined {
  let shape: Shape = root;
  for (const [index, name] of path.entries()) {
    const next: Shape | undefined =
      name === '[]'
        ? shape.kind === 'list'
          ? shape.item
          : undefined
        : shape.kind === 'fields' && Object.hasOwn(shape.fields, name)
          ? shape.fields[name]
          : undefined;
    const soFar = path.slice(0, index + 1).join('.');
    if (!next) {
      const has =
        shape.kind === 'fields' ? `it has: ${Object.keys(shape.fields).join(', ')}` : 'it has no parts';
      return `there is no ${soFar}; ${has}`;
    }
    shape = next;
    const last = index === path.length - 1;
    if (shape.optional === true && !(last && as === 'asked') && !known.has(soFar)) {
      return `${soFar} may be missing; print it inside {{#if ${soFar}}}`;
    }
  }
  const name = path.join('.');
  if (as === 'asked' || shape.kind === as || (as === 'text' && shape.kind === 'url')) return undefined;
  if (shape.kind === 'fields' || shape.kind === 'list') return `${name} has parts; name one of them`;
  if (shape.kind === 'text' || shape.kind === 'url') return `${name} is text; write {{${name}}}`;
  return `${name} is ${shape.kind}; write {{${shape.kind} ${name}}}`;
}
