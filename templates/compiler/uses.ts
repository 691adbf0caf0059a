import { dateStyles } from '../formats';
import { blockHelpers, valueHelpers } from '../helpers';
import { givenRoots, type Kind } from '../shape';
import type { Expanded, Finding } from './expand';
import type { Place } from './problem';
import {
  branchesOf,
  isBlock,
  isComment,
  isContent,
  isMustache,
  isPath,
  isString,
  offsetIn,
  parse,
} from './syntax';

/** One place that uses a value: `asked` by an `#if`, gone through as a `list`, or printed as a kind. */
export interface Use {
  /** Names from the root; `[]` stands for an item of a list. */
  readonly path: readonly string[];
  readonly as: Exclude<Kind, 'flag' | 'url'> | 'list' | 'asked';
  /** Paths, joined by dots, that are known to be there at this place. */
  readonly known: ReadonlySet<string>;
  readonly place: Place;
}

interface Scope {
  /** Path of `this`, and those of the scopes that `../` leads to, nearest first. */
  readonly bases: readonly (readonly string[])[];
  readonly known: ReadonlySet<string>;
}

/** Which values an expanded text uses and how; what templates may not do is a finding. */
export function readUses(expanded: Expanded): {
  readonly uses: readonly Use[];
  readonly findings: readonly Finding[];
} {
  const uses: Use[] = [];
  const findings: Finding[] = [];
  const placeOf = (node: hbs.AST.Node) => expanded.placeAt(offsetIn(expanded.text, node.loc.start));
  const find = (node: hbs.AST.Node, message: string) => findings.push({ ...placeOf(node), message });

  function program({ body }: hbs.AST.Program, scope: Scope): void {
    for (const statement of body) {
      if (isMustache(statement)) mustache(statement, scope);
      else if (isBlock(statement)) block(statement, scope);
      else if (!isContent(statement) && !isComment(statement)) {
        find(
          statement,
          'this kind of expression is not supported; use values, if, unless, each and partials',
        );
      }
    }
  }

  function mustache(node: hbs.AST.MustacheStatement, scope: Scope): void {
    const name = isPath(node.path) ? node.path.original : '';
    if (!node.escaped) find(node, `${name} is printed without escaping; write it with two braces`);
    const kind = kindOf(name);
    const [value, style, ...more] = node.params;
    if (kind) {
      const styled = style === undefined || (kind === 'date' && isString(style) && isDateStyle(style.value));
      if (value && isPath(value) && styled && more.length === 0) use(value, kind, scope);
      else find(node, `"${name}" is called wrongly; write ${examples[kind]}`);
    } else if (value || hasHash(node)) {
      find(node, unknown('helper', name));
    } else if (isPath(node.path)) {
      if (!node.path.data || node.path.parts[0] === 'root') use(node.path, 'text', scope);
    } else {
      find(node, 'this prints a constant; write it without braces');
    }
  }

  function block(node: hbs.AST.BlockStatement, scope: Scope): void {
    const name = node.path.original;
    const [value, ...more] = node.params;
    const { then, otherwise } = branchesOf(node);
    if (!isOneOf(blockHelpers, name)) return void find(node, unknown('block', name));
    if (!value || !isPath(value) || more.length > 0 || hasHash(node)) {
      return void find(node, `"${name}" is called wrongly; write {{#${name} value}}`);
    }
    const path = use(value, name === 'each' ? 'list' : 'asked', scope);
    if (!path) return;
    const certain = { ...scope, known: new Set([...scope.known, path.join('.')]) };
    const item = { ...certain, bases: [[...path, '[]'], ...scope.bases] };
    if (name === 'each' && then && Array.isArray(then.blockParams)) {
      find(node, 'names for items are not supported; write {{this}} or the name of a part');
    }
    if (then) program(then, { if: certain, unless: scope, each: item }[name]);
    if (otherwise) program(otherwise, name === 'unless' ? certain : scope);
  }

  function use(
    node: hbs.AST.PathExpression,
    as: Use['as'],
    { bases, known }: Scope,
  ): readonly string[] | undefined {
    const base = node.data ? bases.at(-1) : bases[node.depth];
    if (!base) return void find(node, `${node.original} leads out of the template; take one ../ away`);
    const own = node.data ? node.parts.slice(1) : node.parts;
    const path = [...base, ...own];
    const [first] = own;
    if (path[0] === 'text')
      return void find(node, `${node.original} stands inside a word; words take values only`);
    if (path.length === 0) return void find(node, `${node.original} has no name; name a variable`);
    if (base.length > 0 && first !== undefined && first in givenRoots) {
      return void find(
        node,
        `inside an each, ${node.original} is looked for in the item; write @root.${own.join('.')}`,
      );
    }
    uses.push({ path, as, known, place: placeOf(node) });
    return path;
  }

  const parsed = parse(expanded.text);
  if ('reason' in parsed) {
    const message = `${parsed.reason} once its parts are put together; see that each block ends in the file it began in`;
    return { uses, findings: [{ ...expanded.placeAt(parsed.offset), message }] };
  }
  program(parsed.program, { bases: [[]], known: new Set() });
  return { uses, findings };
}

type HelperName = keyof typeof valueHelpers;

const examples: Record<HelperName, string> = {
  money: '{{money price}}',
  number: '{{number count}}',
  date: `{{date dueOn}} or {{date dueOn "${dateStyles.join('|')}"}}`,
};

function kindOf(name: string): HelperName | undefined {
  return name === 'money' || name === 'number' || name === 'date' ? name : undefined;
}

function unknown(what: string, name: string): string {
  const known = what === 'block' ? blockHelpers : Object.keys(valueHelpers);
  return `unknown ${what} "${name}"; use one of: ${known.join(', ')}`;
}

const hasHash = ({ hash }: { readonly hash: hbs.AST.Hash | undefined }) =>
  hash !== undefined && hash.pairs.length > 0;
const isDateStyle = (style: string) => isOneOf(dateStyles, style);
const isOneOf = <T extends string>(names: readonly T[], name: string): name is T =>
  names.some((known) => known === name);
