import type { Random } from '../../scoring';
import { actsIn, awake, hour, type Planned } from './act';
import type { Customership } from './customership';
import type { Person } from './people';

/** Somebody who has just read a message. */
export interface Reader {
  readonly person: Person;
  /** When, by their clock in epoch milliseconds. */
  readonly at: number;
  readonly dealings: Customership;
  readonly random: Random;
}

/** What a message makes its reader do, besides considering the offer that it may carry. */
export function reactionTo(template: string, reader: Reader): Planned[] {
  const { at, dealings, person, random } = reader;
  const { tell, look } = actsIn(person.timeZone);
  /** Some time within so many hours. */
  const within = (hours: number) => at + hours * hour * random.uniform();
  const happens = (chance: number) => random.uniform() < chance;
  switch (template) {
    case 'welcome':
      return happens(0.6) ? [tell(within(24), { name: 'profile.completed', properties: {} })] : [];
    case 'complete-profile':
      return happens(0.6) ? answerProfile(reader) : [];
    case 'winback':
      return happens(0.45) ? [look(within(10), 'home')] : [];
    case 'maintenance-due':
    case 'maintenance-reminder':
    case 'maintenance-overdue':
      return happens(0.5) ? dealings.bookService(within(30), random) : [];
    default:
      return [];
  }
}

/** Most write what they are asked for, and the workshop fills it in; some want no more text messages. */
function answerProfile({ person, at, random }: Reader): Planned[] {
  const answered = awake(at + 3 * hour * random.uniform(), person.timeZone);
  if (random.uniform() < 0.12) {
    const body = person.locale === 'en' ? 'STOP' : 'PARE';
    return [{ at: answered, act: { kind: 'text', body } }];
  }
  const body = `${person.car.model} ${2015 + random.integer(10)}`;
  const { tell } = actsIn(person.timeZone);
  return [
    { at: answered, act: { kind: 'text', body } },
    tell(answered + hour, { name: 'profile.completed', properties: {} }),
  ];
}
