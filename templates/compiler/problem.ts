import type { Locale } from '../../domain/locale';

/** A line of an author's file, counted from 1; the file's path is relative to the project. */
export interface Place {
  readonly file: string;
  readonly line: number;
}

/** Something an author has to put right: what, where, and how. */
export interface Problem extends Place {
  /** Template it was found in, as in `email welcome`; absent where it concerns none in particular. */
  readonly template?: string;
  readonly locale?: Locale;
  readonly message: string;
}

/** @example 'templates/email/welcome.json:4 (email welcome, pt-BR): unknown helper "moeda"; use ...' */
export function describeProblem({ file, line, template, locale, message }: Problem): string {
  const what = [template, locale].filter((part) => part !== undefined).join(', ');
  return `${file}:${line}${what === '' ? '' : ` (${what})`}: ${message}`;
}
