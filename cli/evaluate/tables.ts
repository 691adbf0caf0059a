import { isHeld } from '../../domain/instant-schemas';
import type { Interaction, Transaction } from '../../scoring';
import { quotable } from '../text-file';
import type { Read } from './rows';

type TableRow = Readonly<Record<string, string>>;

/** Sums and squares of larger ones would be no numbers any more. */
const most = 1e15;
const isAmount = (value: number): boolean => value >= 0 && value <= most;
const anAmount = 'a number from 0 to 1e15';

/** A row of `customer,item,weight`; a table without weights counts every row as 1. */
export function readInteraction({ customer = '', item = '', weight }: TableRow): Read<Interaction> {
  if (customer === '' || item === '') return { reason: 'the customer or the item is empty' };
  const value = weight === undefined || weight === '' ? 1 : Number(weight);
  if (!isAmount(value)) return { reason: `weight ${quotable(weight ?? '')} is not ${anAmount}` };
  return { row: { customer, item, weight: value } };
}

/** A row of `customer,date,amount`; dates are ISO 8601, taken as UTC where they name no zone. */
export function readTransaction({ customer = '', date = '', amount = '' }: TableRow): Read<Transaction> {
  if (customer === '') return { reason: 'the customer is empty' };
  const at = instantOf(date);
  if (at === undefined)
    return {
      reason: `date ${quotable(date)} is not like 2026-03-31 or 2026-03-31T12:00:00Z, of the years 1900 to 2199`,
    };
  const value = Number(amount);
  if (amount === '' || !isAmount(value)) return { reason: `amount ${quotable(amount)} is not ${anAmount}` };
  return { row: { customer, at, amount: value } };
}

const iso = /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?)(Z|[+-]\d{2}:?\d{2})?)?$/;

/** Epoch milliseconds of an ISO 8601 date or date and time; undefined where it is none, no day of the calendar, or of a year that nothing else of ours takes. */
export function instantOf(text: string): number | undefined {
  const [, day, time = '00:00', zone = 'Z'] = iso.exec(text) ?? [];
  if (day === undefined) return undefined;
  const at = Date.parse(`${day}T${time}${zone}`);
  const isDay = new Date(`${day}T00:00:00Z`);
  if (Number.isNaN(at) || Number.isNaN(isDay.getTime()) || !isDay.toISOString().startsWith(day))
    return undefined;
  return isHeld(at) ? at : undefined;
}
