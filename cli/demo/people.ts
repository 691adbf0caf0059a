import type { Locale } from '../../domain/locale';
import { seededRandom, type Random } from '../../scoring';

/** What moves somebody; shown to the system only by what they do. */
export type Character = 'careful' | 'thrifty' | 'proud' | 'roaming';

/** A car and how much it is driven. */
export interface Car {
  readonly vehicleId: string;
  readonly model: string;
  readonly kmPerDay: number;
}

/** An invented customer. */
export interface Person {
  readonly id: string;
  readonly firstName: string;
  readonly lastName: string;
  readonly email: string;
  readonly phone?: string;
  readonly locale: Locale;
  readonly timeZone: string;
  readonly tier: string;
  readonly consent: { readonly email: boolean; readonly sms: boolean };
  readonly character: Character;
  /** Chance that they read a message. */
  readonly attention: number;
  /** The car that they own, or would buy. */
  readonly car: Car;
  /** Whether they own it when the play begins. */
  readonly ownsCar: boolean;
}

/** Zones of Brazil with their dialling code, the large ones more often. */
const places = [
  { timeZone: 'America/Sao_Paulo', code: '11', weight: 10 },
  { timeZone: 'America/Fortaleza', code: '85', weight: 4 },
  { timeZone: 'America/Manaus', code: '92', weight: 3 },
  { timeZone: 'America/Cuiaba', code: '65', weight: 2 },
  { timeZone: 'America/Noronha', code: '81', weight: 1 },
] as const;

const tiers = [
  { tier: 'bronze', character: 'thrifty', weight: 4 },
  { tier: 'silver', character: 'careful', weight: 3 },
  { tier: 'gold', character: 'proud', weight: 2 },
  { tier: 'platinum', character: 'roaming', weight: 1 },
] as const;
const characters = tiers.map(({ character }) => character);

const firstNames = {
  'pt-BR':
    'Ana Bruno Camila Diego Eduarda Felipe Gabriela Heitor Isabela João Larissa Marcos Natália Otávio Paula Rafael Sofia Tiago Vitória Yuri',
  en: 'Alice Ben Chloe Daniel Emma Finn Grace Henry Isla Jack Kate Liam Mia Noah Olivia Peter Quinn Ruby Sam Tessa',
} as const satisfies Record<Locale, string>;
const lastNames = {
  'pt-BR':
    'Almeida Barros Cardoso Duarte Esteves Ferreira Gomes Lima Macedo Nogueira Oliveira Pires Queiroz Ribeiro Santos Teixeira Vieira Xavier',
  en: 'Archer Brooks Carter Dawson Ellis Foster Grant Hughes Irving Knight Lawson Mercer Norton Palmer Reed Shaw Turner Walsh',
} as const satisfies Record<Locale, string>;

const models = ['Perene 108', 'Perene 208', 'Perene 308', 'Perene Cargo'];

/**
 * Invents a customer: the same one for the same run and number. Addresses are of the domain that is kept for examples.
 *
 * @param run the demonstration's number, from 1
 * @param number the customer's, from 1
 * @param isRegular they have been a customer before; others do not own a car yet
 */
export function invent(run: number, number: number, isRegular: boolean): Person {
  const id = `${prefixOf(run)}-${String(number).padStart(4, '0')}`;
  const random = seededRandom(`person/${id}`);
  const locale: Locale = random.uniform() < 0.2 ? 'en' : 'pt-BR';
  const place = weighted(places, random);
  const { tier, character } = weighted(tiers, random);
  const firstName = pick(firstNames[locale].split(' '), random);
  const lastName = pick(lastNames[locale].split(' '), random);
  const hasPhone = random.uniform() < 0.85;
  const ofRun = String(run % 1_000).padStart(3, '0');
  return {
    id,
    firstName,
    lastName,
    email: `${plain(firstName)}.${plain(lastName)}.${ofRun}${String(number).padStart(4, '0')}@example.com`,
    ...(hasPhone && { phone: `+55${place.code}90${ofRun}${String(number % 10_000).padStart(4, '0')}` }),
    locale,
    timeZone: place.timeZone,
    tier,
    consent: { email: random.uniform() < 0.92, sms: random.uniform() < 0.75 },
    character: random.uniform() < 0.75 ? character : pick(characters, random),
    attention: 0.45 + 0.5 * random.uniform(),
    car: {
      vehicleId: `${id}-car`,
      model: pick(models, random),
      kmPerDay: random.uniform() < 0.3 ? 450 + 300 * random.uniform() : 25 + 40 * random.uniform(),
    },
    ownsCar: isRegular && random.uniform() < 0.6,
  };
}

/** What the ids of a run's customers begin with, before a hyphen. */
export const prefixOf = (run: number): string => `demo-${run}`;

/** A filter for the ids of a run's customers: a range of the index, which costs far less than a list of them. */
export const idsOf = (run: number) => ({ $gte: `${prefixOf(run)}-`, $lt: `${prefixOf(run)}.` });

/** One of a list. */
export function pick<Item>(items: readonly Item[], random: Random): Item {
  const item = items[random.integer(items.length)];
  if (item === undefined) throw new RangeError('There is nothing to pick from.');
  return item;
}

function weighted<Item extends { readonly weight: number }>(items: readonly Item[], random: Random): Item {
  let left = random.uniform() * items.reduce((sum, { weight }) => sum + weight, 0);
  for (const item of items) {
    left -= item.weight;
    if (left < 0) return item;
  }
  return pick(items, random);
}

const plain = (name: string): string =>
  name
    .normalize('NFD')
    .replace(/[^A-Za-z]/g, '')
    .toLowerCase();
