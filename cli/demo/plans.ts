import type { Random } from '../../scoring';
import { actsIn, awake, day, hour, type Planned } from './act';
import type { Customership } from './customership';
import { pick, type Person } from './people';

/** A person's part of the play, between two instants of their clock. */
export interface Course {
  readonly person: Person;
  readonly begin: number;
  readonly end: number;
  readonly dealings: Customership;
  readonly random: Random;
}

/** Minor units. */
const prices = { car: [8_990_000, 12_490_000, 16_990_000], workshop: [18_000, 34_900, 69_000, 149_000] };

/** When somebody comes into the play: in its first half, so that there is time left to see what becomes of it. */
const arrival = ({ person, begin, end, random }: Course): number =>
  awake(begin + 0.45 * (end - begin) * random.uniform(), person.timeZone);

/** Signs up in the first half of the play and looks around; some buy a car, some something for another one. */
export function planOfNewcomer(course: Course): Planned[] {
  const { person, dealings, random } = course;
  const { tell, look } = actsIn(person.timeZone);
  const signedUp = arrival(course);
  const after = (from: number, to: number) => signedUp + (from + (to - from) * random.uniform()) * day;
  const intent = random.uniform();
  const purchases =
    intent < 0.3
      ? dealings.buy(after(2, 12), { amount: pick(prices.car, random), isCar: true }, random)
      : intent < 0.45
        ? dealings.buy(after(3, 20), { amount: pick(prices.workshop, random) }, random)
        : [];
  const leaves = random.uniform() < 0.04;
  return [
    { at: signedUp, act: { kind: 'sign-up' } },
    look(after(0, 1), 'home'),
    ...purchases,
    ...(leaves ? [tell(after(4, 25), { name: 'customer.churned', properties: {} })] : []),
    ...visits({ ...course, begin: signedUp }),
  ];
}

/** Joins in the first half of the play. Mostly those who bought lately buy again or look around; some owners book a service. */
export function planOfRegular(course: Course & { readonly lastBought: number }): Planned[] {
  const { person, begin, end, dealings, random, lastBought } = course;
  const { tell } = actsIn(person.timeZone);
  const joined = arrival(course);
  const after = (from: number, to: number) => joined + (from + (to - from) * random.uniform()) * day;
  const isFaithful = begin - lastBought < 120 * day;
  const buys = random.uniform() < (isFaithful ? 0.6 : 0.06);
  const serves = dealings.ownsCar() && random.uniform() < 0.5;
  const leaves = random.uniform() < 0.02;
  return [
    { at: joined, act: { kind: 'join' } },
    ...(buys ? dealings.buy(after(0, 15), { amount: pick(prices.workshop, random) }, random) : []),
    ...(serves ? dealings.bookService(after(0, 6), random) : []),
    ...(leaves ? [tell(after(6, 25), { name: 'customer.churned', properties: {} })] : []),
    ...(isFaithful ? visits({ ...course, begin: joined, end }) : []),
  ];
}

/** Looks at the web shop now and then; one visit in two passes a place that shows an offer. */
function visits({ person, begin, end, dealings, random }: Course): Planned[] {
  const { look } = actsIn(person.timeZone);
  const times = Array.from({ length: random.integer(4) }, () => begin + random.uniform() * (end - begin));
  return times.flatMap((time): Planned[] => {
    const at = awake(time, person.timeZone);
    const [page, slot] = dealings.ownsCar()
      ? (['workshop', 'maintenance'] as const)
      : (['showroom', 'upsell'] as const);
    const browsed: Planned = { at: at + hour / 60, act: { kind: 'browse', slot } };
    return [look(at, page), ...(random.uniform() < 0.5 ? [browsed] : [])];
  });
}
