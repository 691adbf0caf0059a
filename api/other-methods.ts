import type { FastifyInstance } from 'fastify';

/** Tells which methods a path takes, e.g. `GET, HEAD`; undefined for a path that takes none. */
export type MethodsOf = (url: string) => string | undefined;

/**
 * Notes every route that is registered from now on, so that a request with a method that its path does not take can be
 * told which ones it does.
 */
export function noteMethods(app: FastifyInstance): MethodsOf {
  const methods = new Map<string, { readonly pattern: RegExp; readonly taken: Set<string> }>();
  app.addHook('onRoute', ({ url, method }) => {
    if (url === '*' || url === '/*') return;
    const known = methods.get(url) ?? { pattern: patternOf(url), taken: new Set() };
    for (const each of [method].flat()) known.taken.add(each);
    methods.set(url, known);
  });
  return (url) => {
    const [path = ''] = url.split('?', 1);
    const taken = [...methods.values()]
      .filter(({ pattern }) => pattern.test(path))
      .flatMap((route) => [...route.taken]);
    return taken.length === 0 ? undefined : [...new Set(taken)].sort().join(', ');
  };
}

/** `/v1/keys/:id` as an expression: a parameter is a part of a path, `*` is the rest of it. */
function patternOf(url: string): RegExp {
  const source = url
    .split('/')
    .map((part) =>
      part.startsWith(':') ? '[^/]+' : part === '*' ? '.*' : part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'),
    )
    .join('/');
  return new RegExp(`^${source}$`);
}
