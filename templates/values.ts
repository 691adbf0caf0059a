import type { Money } from '../domain/money';
import { parseDate } from './formats';
import { oneLine } from './person-name';
import type { FieldsShape, Kind, Shape } from './shape';

/** Says what is wrong with a value by its path; the value itself is somebody's data and stays out of the message. */
export type Complain = (path: string, fault: string) => never;

/**
 * The values that a shape names, and no others, checked and made safe to print: text is on one line, optional values
 * that were not given are there as undefined, which strict templates ask for.
 */
export function readFields(
  shape: FieldsShape,
  values: unknown,
  at: { readonly path: string; readonly complain: Complain },
): Record<string, unknown> {
  if (!isRecord(values)) return at.complain(at.path, 'must be an object');
  const prefix = at.path === '' ? '' : `${at.path}.`;
  return Object.fromEntries(
    Object.entries(shape.fields).map(([name, field]) => [
      name,
      readValue(field, Object.hasOwn(values, name) ? values[name] : undefined, {
        ...at,
        path: `${prefix}${name}`,
      }),
    ]),
  );
}

function readValue(
  shape: Shape,
  value: unknown,
  at: { readonly path: string; readonly complain: Complain },
): unknown {
  if (value === undefined || value === null) {
    return shape.optional === true ? undefined : at.complain(at.path, 'is missing');
  }
  switch (shape.kind) {
    case 'fields':
      return readFields(shape, value, at);
    case 'list':
      if (!Array.isArray(value)) return at.complain(at.path, 'must be a list');
      return value.map((item: unknown, index) =>
        readValue(shape.item, item, { ...at, path: `${at.path}[${index}]` }),
      );
    default:
      return readers[shape.kind](value) ?? at.complain(at.path, `must be ${wanted[shape.kind]}`);
  }
}

const wanted: Record<Kind, string> = {
  text: 'text',
  number: 'a number',
  money: 'an amount in minor units with a currency, as in { amount: 1990, currency: "BRL" }',
  date: 'a date: epoch milliseconds, "YYYY-MM-DD" or an ISO 8601 instant',
  url: 'an http or https address',
  flag: 'true or false',
};

/** Each gives the value as it is printed, or undefined where it is not one. */
const readers: Record<Kind, (value: unknown) => string | number | boolean | Money | undefined> = {
  text: (value) => (typeof value === 'string' ? oneLine(value) : undefined),
  number: (value) => (typeof value === 'number' && Number.isFinite(value) ? value : undefined),
  money: (value) => (isMoney(value) ? value : undefined),
  date: (value) =>
    (typeof value === 'string' || typeof value === 'number') && parseDate(value) !== undefined
      ? value
      : undefined,
  url: readUrl,
  flag: (value) => (typeof value === 'boolean' ? value : undefined),
};

function readUrl(value: unknown): string | undefined {
  if (typeof value !== 'string' || !URL.canParse(value)) return undefined;
  const { protocol, href } = new URL(value);
  return protocol === 'https:' || protocol === 'http:' ? href : undefined;
}

function isMoney(value: unknown): value is Money {
  return (
    isRecord(value) &&
    Number.isSafeInteger(value['amount']) &&
    typeof value['currency'] === 'string' &&
    /^[A-Z]{3}$/.test(value['currency'])
  );
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
