import type { Currency } from '../../domain/money';
import { surveyIn } from '../../domain/surveys';
import { seededRandom, type Random } from '../../scoring';
import type { MessageDocument } from '../../store/messages';
import { actsIn, awake, hour, type Planned } from './act';
import type { DecisionAnswer } from './api-client';
import type { CatalogueOffer } from './catalogue';
import { customershipOf } from './customership';
import type { Purchase } from './history';
import { opinion } from './opinions';
import type { Person } from './people';
import { planOfNewcomer, planOfRegular } from './plans';
import { reactionTo } from './reactions';
import { takesTo } from './taste';

/** A message as far as its reader can tell. */
export type Received = Pick<
  MessageDocument,
  '_id' | 'template' | 'channel' | 'topic' | 'purpose' | 'offerId' | 'decisionId'
>;

/** What a person does in a demonstration, of their own accord and in answer to what reaches them. */
export interface Life {
  readonly person: Person;
  /** What they bought before the play, oldest first; somebody without a past signs up in it. */
  readonly past: readonly Purchase[];
  /** What they do whatever the system does. */
  plan(span: { readonly begin: number; readonly end: number }): Planned[];
  /** What they do about a message that was sent to them at an instant of their clock. */
  receive(message: Received, at: number): Planned[];
  /** What they do about offers that a page shows them. */
  see(decision: DecisionAnswer, at: number): Planned[];
}

interface LifeOptions {
  readonly person: Person;
  /** By id. */
  readonly offers: ReadonlyMap<string, CatalogueOffer>;
  readonly currency: Currency;
  readonly past: Life['past'];
}

/** Lives are made of chance that is the same for the same person: only when messages come differs between two plays. */
export function createLife({ person, offers, currency, past }: LifeOptions): Life {
  const { id, timeZone } = person;
  const { tell } = actsIn(timeZone);
  const dealings = customershipOf(person, currency);
  const priceOf = (offerId: string) => offers.get(offerId)?.body.price.amount ?? 0;
  const wants = (offerId: string) => takesTo(person, offers.get(offerId));

  /** Reads of an offer, perhaps goes and looks at it, and takes it if it is wanted. */
  function consider({ offerId, decisionId }: Received, at: number, random: Random): Planned[] {
    if (offerId === undefined) return [];
    const isWanted = wants(offerId);
    if (!isWanted && random.uniform() < 0.5) return [];
    const about = { offerId, ...(decisionId !== undefined && { decisionId }) };
    const looked = tell(at, { name: 'offer.viewed', properties: about });
    if (!isWanted) return [looked];
    const decided = at + (2 + 30 * random.uniform()) * hour;
    const taken = tell(decided, { name: 'offer.accepted', properties: about });
    return [looked, taken, ...dealings.buy(decided + hour, { amount: priceOf(offerId), offerId }, random)];
  }

  /** Most of those who have opened a survey answer it. */
  function answer({ _id: messageId, template }: Received, at: number, random: Random): Planned[] {
    const survey = surveyIn(template);
    if (survey === undefined || random.uniform() > 0.75) return [];
    const score = opinion(survey, random);
    return [
      {
        at: awake(at + 3 * hour * random.uniform(), timeZone),
        act: { kind: 'answer-survey', messageId, score },
      },
    ];
  }

  return {
    person,
    past,
    plan(span) {
      const random = seededRandom(`plan/${id}`);
      const course = { ...span, person, random, dealings };
      const last = past.at(-1);
      return last ? planOfRegular({ ...course, lastBought: last.at }) : planOfNewcomer(course);
    },
    receive(message, sentAt) {
      const random = seededRandom(`receive/${message._id}`);
      if (random.uniform() > person.attention) return [];
      const readAt = awake(sentAt + (0.2 + 8 * random.uniform()) * hour, timeZone);
      const { channel, purpose, topic, template } = message;
      if (purpose === 'marketing' && channel === 'email' && random.uniform() < 0.02)
        return [{ at: readAt, act: { kind: 'unsubscribe', from: { channel, topic } } }];
      return [
        ...reactionTo(template, { person, at: readAt, random, dealings }),
        ...consider(message, readAt, random),
        ...answer(message, readAt, random),
      ];
    },
    see({ decisionId, offers: shown }, at) {
      const random = seededRandom(`see/${decisionId}`);
      return shown.flatMap(({ offerId }): Planned[] => {
        const answer = { kind: 'answer-offer', decisionId, offerId } as const;
        const answered = at + hour / 12;
        if (!wants(offerId)) {
          const response = random.uniform() < 0.4 ? 'dismissed' : 'viewed';
          return [{ at: answered, act: { ...answer, response } }];
        }
        return [
          { at: answered, act: { ...answer, response: 'accepted' } },
          ...dealings.buy(at + hour, { amount: priceOf(offerId), offerId }, random),
        ];
      });
    },
  };
}
