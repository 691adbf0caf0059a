import type { ClientSession, Collection, Db } from 'mongodb';

/**
 * Where a retraining stands. A `candidate` has been valued and may be put in force; one that is not is `rejected`. One
 * that was in force is `superseded` by the next, or `rolled-back` where it did worse than what it had replaced.
 */
export type RetrainingStatus = 'candidate' | 'rejected' | 'in-force' | 'superseded' | 'rolled-back';

/** A value with its interval. */
export interface Valued {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

/** What two policies are worth on the same decisions, in minor units of earnings per decision. */
export interface PolicyEvaluation {
  /** Decisions that it was judged by. */
  readonly n: number;
  readonly logged: Valued;
  readonly candidate: { readonly dr: Valued; readonly snips: Valued };
  readonly incumbent: { readonly dr: Valued; readonly snips: Valued };
  /** Candidate less incumbent, doubly robust. */
  readonly difference: Valued;
  /** How much less still counts as no worse. */
  readonly margin: number;
  readonly verdict: 'better' | 'no worse' | 'worse' | 'undecided';
  /** Why the decisions bear no conclusion; empty where they do. */
  readonly gaps: readonly string[];
}

/** How far what the model sees has moved, by the population stability index: above 0.25 much. */
export interface DriftReport {
  readonly decisions: { readonly before: number; readonly now: number };
  /** The features that moved most, the first most of all. */
  readonly features: readonly { readonly name: string; readonly index: number }[];
  readonly reward: { readonly before: number; readonly now: number; readonly index: number };
}

/** How well the chances that were predicted came true. */
export interface CalibrationReport {
  readonly n: number;
  readonly error: number;
  readonly brier: number;
  readonly logLoss: number;
  readonly ratio: number;
  readonly bins: readonly {
    readonly n: number;
    readonly predicted: number;
    readonly observed: number;
    readonly low: number;
    readonly high: number;
  }[];
}

/** What factorizing customers and offers came to. */
export interface FactorsReport {
  readonly customers: number;
  readonly offers: number;
  /** Pairs of a customer and an offer that they looked at or took. */
  readonly interactions: number;
  /** Whether decisions go by it: `in-force`, or why not. */
  readonly outcome: 'in-force' | 'few-interactions' | 'no-better-than-chance';
  /**
   * For interactions that were kept apart: the share of other offers that ranks above the one in question, 0.5 being
   * chance; by affinity, by how much more the customer is drawn to an offer than others are, and by popularity.
   */
  readonly ranks?: {
    readonly n: number;
    readonly affinity: Valued;
    readonly leaning: Valued;
    readonly popularity: Valued;
  };
}

/** One night's retraining. */
export interface RetrainingDocument {
  /** Of the night; the same asked for twice is one. */
  readonly _id: string;
  readonly at: Date;
  status: RetrainingStatus;
  /** Why it is in that status, in a code. */
  reason: string;
  /** Version in force that it was compared with. */
  readonly base: number;
  /** Version of the candidate's state among candidates; absent where none was made. */
  readonly candidate?: number;
  readonly lessons: {
    readonly learned: number;
    readonly heldOut: number;
    /** Of the held out, those by which nothing can be judged: what they were chosen among is not known any more. */
    readonly skipped?: number;
  };
  readonly recipe?: { readonly expected: number; readonly tilt: number };
  readonly evaluation: PolicyEvaluation | null;
  readonly drift: DriftReport | null;
  readonly calibration: CalibrationReport | null;
  /** What the same night's factorization of customers and offers came to. */
  factors?: FactorsReport;
  /** The version that it became, and the one that this replaced. */
  promoted?: { readonly version: number; readonly replaced: number; readonly at: Date };
  /** The last look at how it does against what it replaced. */
  watched?: { readonly at: Date; readonly evaluation: PolicyEvaluation };
}

/** Every retraining of the model of acceptance, with what decided its fate. */
export function retrainingCollection(db: Db) {
  const collection: Collection<RetrainingDocument> = db.collection('retrainings');
  return {
    collection,
    async ensureIndexes() {
      await collection.createIndexes([{ key: { at: -1 } }, { key: { status: 1 } }]);
    },
    find: (id: string, session?: ClientSession) =>
      collection.findOne({ _id: id }, session ? { session } : {}),
    latest: (limit: number) => collection.find().sort({ at: -1 }).limit(limit).toArray(),
    /** The one whose model is in force; null where that came from no retraining. */
    inForce: (session?: ClientSession) =>
      collection.findOne({ status: 'in-force' }, session ? { session } : {}),
    async add(retraining: RetrainingDocument, session: ClientSession): Promise<void> {
      await collection.updateMany(
        { status: 'candidate' },
        { $set: { status: 'superseded', reason: 'never-promoted' } },
        { session },
      );
      await collection.insertOne(retraining, { session });
    },
    async change(
      id: string,
      fields: Partial<Pick<RetrainingDocument, 'status' | 'reason' | 'promoted' | 'watched' | 'factors'>>,
      session?: ClientSession,
    ): Promise<void> {
      await collection.updateOne({ _id: id }, { $set: fields }, session ? { session } : {});
    },
  };
}
