import { InvalidArgumentError } from 'commander';

/** Names as they stand in a sentence: `a, b, c`. */
export const listOf = (names: readonly string[]): string => names.join(', ');

/** One of some names. @throws InvalidArgumentError that lists them */
export function oneOf<Name extends string>(names: readonly Name[], given: string, what: string): Name {
  const found = names.find((name) => name === given);
  if (found === undefined)
    throw new InvalidArgumentError(`There is no ${what} "${given}". There are: ${listOf(names)}.`);
  return found;
}
