import { randomUUID } from 'node:crypto';
import { customerTime, realTime } from '../../domain/clock';
import { stepKey } from '../../domain/enrolment';
import type { Locale } from '../../domain/locale';
import type { Currency } from '../../domain/money';
import type { ChosenOffer, Slot } from '../../domain/offers';
import type { DecisionDocument } from '../../store/decisions';
import type { Store } from '../../store/store';
import type { DecideRequest, JourneyActivities } from '../contract';
import type { Shortage } from '../../store/holds';
import { factorsModel, type FactorsState } from './affinity';
import { choose } from './choose';
import { readFacts } from './facts';
import { offerModels } from './model';
import { makeReady } from './ready';
import { createRecord } from './record';
import { attributionWindow, createOutcomes, type Outcomes } from './outcomes';

export interface DecisionDependencies {
  readonly store: Store;
  readonly business: { readonly timeZone: string; readonly locale: Locale; readonly currency: Currency };
  /** Real epoch milliseconds. */
  readonly now?: () => number;
}

/** The answer of `POST /v1/decisions`. Amounts are minor units of the business's currency. */
export interface Decision {
  readonly decisionId: string;
  /** Best first. */
  readonly offers: readonly {
    readonly offerId: string;
    /** Expected earnings: propensity x value x context weight x lever x fatigue. */
    readonly score: number;
    /** Chance that the customer accepts, 0 to 1. */
    readonly propensity: number;
    /** Margin if the customer accepts. */
    readonly value: number;
    /** What moved the propensity and the score most, in words of the business's language. */
    readonly reasons: readonly string[];
  }[];
  readonly rejected: readonly { readonly offerId: string; readonly rule: string }[];
}

export interface Decisions extends Pick<JourneyActivities, 'decide'>, Outcomes {
  /** Chooses for a place outside a journey, such as a web page. Null where there is no such customer. */
  decideFor(request: {
    readonly customerId: string;
    readonly slot: Slot;
    readonly count: number;
    /** Offers of one group after the first count for less: the list does not repeat itself. */
    readonly diverse?: boolean;
  }): Promise<Decision | null>;
}

/**
 * Next best offers. Each decision is stored with all that led to it before its choice is given, under an id that its
 * enrolment and step make, so the same step asked twice has one decision. Catalogue and model are read from memory
 * (`store/held.ts`). Of an offer that is limited a piece is held for the customer together with the decision: where there is
 * none left, the next best is chosen.
 */
export function createDecisions({ store, business, now = Date.now }: DecisionDependencies): Decisions {
  const models = offerModels(store);
  const factors = store.models.of<FactorsState>(factorsModel);
  const ready = memoized(makeReady);
  const record = createRecord(store);

  async function decideAs(id: string, request: Asked, enrolment?: DecideRequest['enrolment']) {
    const { customerId, slot } = request;
    const [{ offers, used }, model, factorization] = await Promise.all([
      store.offers.current(),
      models.current(),
      factors.current(),
    ]);
    const at = now();
    const facts = await readFacts(store, customerId, { offers, now: at });
    if (!facts) return null;
    const readiness = ready(offers, model, factorization);
    await store.catalogues.keep(readiness.catalogue, new Date(at));
    const { clock } = facts.customer;
    const withheld = enrolment?.holdout === true;
    const settlesAt = new Date(realTime(clock, customerTime(clock, at) + attributionWindow));
    const short = new Map<string, Shortage>();
    for (;;) {
      const choice = choose(readiness, facts, { id, ...request, business, used, short });
      const made: DecisionDocument = {
        _id: id,
        customerId,
        slot,
        at: new Date(at),
        ...(clock ? { clock } : {}),
        ...(enrolment ? { enrolmentId: enrolment.id } : {}),
        ...(withheld ? { withheld } : {}),
        currency: business.currency,
        modelVersion: readiness.modelVersion,
        policy: readiness.model.policy,
        ...choice.document,
        ...(withheld || choice.document.shown.length === 0 ? {} : { settlesAt }),
      };
      const { decision, lacking } = await record(made, withheld ? [] : readiness.limited(made.shown));
      if (decision) return { decision, reasons: choice.reasons, rejected: choice.rejected };
      short.set(lacking.offerId, lacking.shortage);
    }
  }

  return {
    async decide({ enrolment, step, slot, count, diverse = false }) {
      const request = { customerId: enrolment.customerId, slot, count, diverse };
      const made = await decideAs(stepKey(enrolment.id, step), request, enrolment);
      return made ? chosenOf(made.decision) : [];
    },
    async decideFor(request) {
      const made = await decideAs(`decision-${randomUUID()}`, request);
      if (!made) return null;
      const { _id: decisionId, shown } = made.decision;
      return {
        decisionId,
        offers: shown.map(({ offerId, score, propensity, value }) => ({
          offerId,
          score,
          propensity,
          value,
          reasons: made.reasons.get(offerId) ?? [],
        })),
        rejected: made.rejected,
      };
    },
    ...createOutcomes({ store, now }),
  };
}

const chosenOf = ({ _id: decisionId, shown }: DecisionDocument): ChosenOffer[] =>
  shown.map(({ offerId, score, propensity }) => ({ offerId, decisionId, score, propensity }));

interface Asked {
  readonly customerId: string;
  readonly slot: Slot;
  readonly count: number;
  readonly diverse?: boolean;
}

/** Keeps the last result for as long as the very same arguments come. */
function memoized<Arguments extends readonly unknown[], Result>(
  make: (...given: Arguments) => Result,
): (...given: Arguments) => Result {
  let last: { given: Arguments; result: Result } | undefined;
  return (...given) => {
    if (!last || given.some((one, place) => one !== last?.given[place])) {
      last = { given, result: make(...given) };
    }
    return last.result;
  };
}
