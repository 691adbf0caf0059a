import { chanceOf } from '../../domain/chance';
import type { CatalogueOffer, Theme } from './catalogue';
import type { Character, Person } from './people';

/** How much more, or less, a character takes to a theme than people do on average. */
const tastes: Readonly<Record<Character, Readonly<Record<Theme, number>>>> = {
  careful: { care: 2.2, saving: 0.7, looks: 0.4, mobility: 0.8 },
  thrifty: { care: 0.5, saving: 2.2, looks: 0.2, mobility: 0.5 },
  proud: { care: 0.7, saving: 0.3, looks: 2.4, mobility: 0.9 },
  roaming: { care: 1.1, saving: 0.8, looks: 0.3, mobility: 2.3 },
};

/** The chance that a person takes an offer, 0 to 1. The system is told nothing of it, and may find it out. */
export const appealTo = ({ character }: Person, { appeal, theme }: CatalogueOffer): number =>
  Math.min(0.9, appeal * tastes[character][theme]);

/** Whether a person would take an offer: the same answer however often they are asked. */
export const takesTo = (person: Person, offer: CatalogueOffer | undefined): boolean =>
  offer !== undefined && chanceOf(`wants/${person.id}/${offer.id}`) < appealTo(person, offer);
