import Handlebars from 'handlebars';

/** Nodes of Handlebars' syntax tree that templates may have, told apart by their type. */
const is =
  <Node extends hbs.AST.Node>(type: string) =>
  (node: hbs.AST.Node): node is Node =>
    node.type === type;

export const isMustache = is<hbs.AST.MustacheStatement>('MustacheStatement');
export const isBlock = is<hbs.AST.BlockStatement>('BlockStatement');
export const isPartial = is<hbs.AST.PartialStatement>('PartialStatement');
export const isContent = is<hbs.AST.ContentStatement>('ContentStatement');
export const isComment = is<hbs.AST.CommentStatement>('CommentStatement');
export const isPath = is<hbs.AST.PathExpression>('PathExpression');
export const isString = is<hbs.AST.StringLiteral>('StringLiteral');

/** A text's syntax tree, or the offset and the reason where it has none. */
export type Parsed =
  { readonly program: hbs.AST.Program } | { readonly offset: number; readonly reason: string };

export function parse(text: string): Parsed {
  try {
    return { program: Handlebars.parseWithoutProcessing(text) };
  } catch (error) {
    const said = error instanceof Error ? error.message : String(error);
    const line = Number(/line (\d+)/.exec(said)?.[1] ?? /- (\d+):\d+$/.exec(said)?.[1] ?? 1);
    return {
      offset: offsetIn(text, { line, column: 0 }),
      reason: said.startsWith('Parse error') || said.startsWith('Lexical error') ? 'it does not parse' : said,
    };
  }
}

/** The offset of a position, whose line counts from 1 and whose column from 0. */
export function offsetIn(text: string, { line, column }: hbs.AST.Position): number {
  let start = 0;
  for (let passed = 1; passed < line; passed += 1) start = text.indexOf('\n', start) + 1;
  return start + column;
}

/** Partials and printed values of a program at any depth, in the order in which they stand. */
export function inclusions(
  program: hbs.AST.Program,
): readonly (hbs.AST.PartialStatement | hbs.AST.MustacheStatement)[] {
  return program.body.flatMap((statement) => {
    if (isPartial(statement) || isMustache(statement)) return [statement];
    if (!isBlock(statement)) return [];
    const { then, otherwise } = branchesOf(statement);
    return [then, otherwise].flatMap((branch) => (branch ? inclusions(branch) : []));
  });
}

/** What a block does where its question is met and where not. The library's types say wrongly that both are always there. */
export function branchesOf(block: hbs.AST.BlockStatement): {
  readonly then: hbs.AST.Program | undefined;
  readonly otherwise: hbs.AST.Program | undefined;
} {
  return { then: block.program, otherwise: block.inverse };
}
