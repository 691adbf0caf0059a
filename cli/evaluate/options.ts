import { InvalidArgumentError } from 'commander';

/** Parses an option's number of at least `least`. */
export function atLeast(least: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (text.trim() === '' || !(value >= least && Number.isFinite(value))) {
      throw new InvalidArgumentError(`It must be a number of at least ${least}.`);
    }
    return value;
  };
}

/** Parses an option's whole number of at least `least`. */
export function integerFrom(least: number): (text: string) => number {
  return (text) => {
    const value = atLeast(least)(text);
    if (!Number.isInteger(value)) throw new InvalidArgumentError('It must be a whole number.');
    return value;
  };
}
