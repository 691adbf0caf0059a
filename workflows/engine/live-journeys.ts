import type { Journey } from './journey';

/**
 * Judges the journeys of an installation together.
 *
 * @throws TypeError where two have the same name, one enrols in a journey that does not run, or journeys enrol in each
 *   other in a circle; it names the way round
 */
export function judgeTogether(journeys: readonly Journey[]): void {
  const names = journeys.map(({ name }) => name);
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice !== undefined) {
    throw new TypeError(`Two journeys are named "${twice}": give one of them another name.`);
  }
  for (const journey of journeys) {
    const absent = journey.enrols().find(({ name }) => !names.includes(name));
    if (absent) {
      throw new TypeError(
        `Journey "${journey.name}" enrols in "${absent.name}", which does not run: put it into workflows/journeys/index.ts.`,
      );
    }
    const circle = circleFrom(journey, [journey.name]);
    if (circle) {
      throw new TypeError(
        `Journeys enrol in each other in a circle: ${circle.join(' -> ')}. Take one of these out of \`enrols\` (${filesOf(circle)}); a journey that is to begin again says so by its \`reentry\`.`,
      );
    }
  }
}

/** A journey's file has its name. */
const filesOf = (names: readonly string[]): string =>
  [...new Set(names)].map((name) => `workflows/journeys/${name}.ts`).join(', ');

/** The way from a journey round to one that is on it already. */
function circleFrom(journey: Journey, way: readonly string[]): readonly string[] | undefined {
  for (const next of journey.enrols()) {
    const before = way.indexOf(next.name);
    if (before >= 0) return [...way.slice(before), next.name];
    const circle = circleFrom(next, [...way, next.name]);
    if (circle) return circle;
  }
  return undefined;
}
