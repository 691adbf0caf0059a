import type { Foreseen } from '../../workflows/simulate/foresee';
import { placeOf } from '../place';
import { severityOf, type Checked, type Effect } from './check';

/** What a check found, for people: each journey, who stands where, and what the edit does to them. */
export function describeChecked(checked: readonly Checked[]): string {
  return checked.map(describeJourney).join('\n');
}

function describeJourney({ journey, open, starting, isGone, effects }: Checked): string {
  const inside = open === 0 ? 'nobody is inside' : `${customers(open)} inside`;
  const lines = isGone
    ? ['  GONE: their runs stand still until it is back in workflows/journeys/index.ts.']
    : [
        ...(starting > 0 ? [`  ${customers(starting)} at the first steps`] : []),
        ...effects.flatMap(describeEffect),
      ];
  return [`${journey}: ${inside}`, ...lines].map((line) => `${line}\n`).join('');
}

function describeEffect(effect: Effect): string[] {
  const { step, customers: count, byTime, byEvent } = effect;
  const severity = severityOf(effect);
  const verdict = { none: 'not affected', changed: 'CHANGED', broken: 'BROKEN' }[severity];
  return [
    `  ${customers(count)} at ${step}: ${verdict}`,
    ...changes(byTime),
    `    ${byEvent ? 'when time is up' : 'then'}: ${course(byTime)}`,
    ...(byEvent ? [`    when it comes: ${course(byEvent)}`] : []),
  ];
}

function changes({ waitIsGone, passedOver, ignored }: Foreseen): string[] {
  return [
    ...(waitIsGone
      ? ['    the step at which they wait is gone: they go on behind it, when its time is up']
      : []),
    ...(passedOver.length > 0
      ? [`    new, but before their place, passed over: ${passedOver.join(', ')}`]
      : []),
    ...(ignored.length > 0 ? [`    gone, its result ignored: ${ignored.join(', ')}`] : []),
  ];
}

function course({ next, end }: Foreseen): string {
  switch (end.kind) {
    case 'waits':
      return [...next, `waits at ${end.step}`].join(', ');
    case 'ends':
      return [...next, 'the end'].join(', ');
    case 'fails': {
      const place = placeOf(end.error);
      const said = end.error instanceof Error ? end.error.message : String(end.error);
      return [...next, `fails${place === undefined ? '' : ` at ${place}`}: ${said}`].join(', ');
    }
    default:
      return end satisfies never;
  }
}

const customers = (count: number): string => `${count} ${count === 1 ? 'customer' : 'customers'}`;
