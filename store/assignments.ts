import type { Collection, Db } from 'mongodb';
import { isDuplicate } from './duplicates';

/** Which arm of a split a customer is in, for good. */
export interface AssignmentDocument {
  /** `<journey>/<split>/<customerId>`. */
  readonly _id: string;
  readonly journey: string;
  readonly split: string;
  readonly customerId: string;
  readonly arm: string;
  /** The probability of each arm when it was drawn. */
  readonly probabilities: Readonly<Record<string, number>>;
  readonly adaptive: boolean;
  /** In a control group: nothing is sent, so it tells nothing of the arms. */
  readonly holdout: boolean;
  /** The run in which it was drawn; its end settles the reward. */
  readonly enrolmentId: string;
  readonly at: Date;
  /** 1 where that run reached the goal. Absent while it is open. */
  readonly reward?: 0 | 1;
}

/** Customers of one split in the same arm, drawn with the same probabilities, with the same reward. */
export interface ArmCount {
  readonly split: string;
  readonly arm: string;
  readonly adaptive: boolean;
  readonly probabilities: Readonly<Record<string, number>>;
  /** Undefined: their run is open. */
  readonly reward?: 0 | 1;
  readonly count: number;
}

/** The ledger of splits. */
export function assignmentCollection(db: Db) {
  const collection: Collection<AssignmentDocument> = db.collection('assignments');
  return {
    collection,
    async ensureIndexes() {
      await collection.createIndexes([
        { key: { journey: 1, split: 1 } },
        { key: { enrolmentId: 1 } },
        { key: { customerId: 1 } },
      ]);
    },
    find: (id: string) => collection.findOne({ _id: id }),
    /** Records an assignment, or one in place of another; gives the one that stands, where another process was first. */
    async assign(
      assignment: AssignmentDocument,
      replaces: AssignmentDocument | null,
    ): Promise<AssignmentDocument> {
      const { _id } = assignment;
      try {
        if (replaces) await collection.replaceOne({ _id, arm: replaces.arm }, assignment);
        else await collection.insertOne(assignment);
      } catch (error) {
        if (!isDuplicate(error)) throw error;
      }
      return (await collection.findOne({ _id })) ?? assignment;
    },
    /** Settles what a run drew. A goal that comes late turns 0 into 1; nothing turns 1 into 0. */
    async settle(enrolmentId: string, reward: 0 | 1): Promise<void> {
      const unsettled = { reward: { $exists: false } };
      const filter = reward === 1 ? { enrolmentId } : { enrolmentId, ...unsettled };
      await collection.updateMany(filter, { $set: { reward } });
    },
    /** How the splits of a journey stand, without those in a control group. */
    async counts(journey: string, split?: string): Promise<ArmCount[]> {
      const groups = await collection
        .aggregate<{ _id: Omit<ArmCount, 'count'>; count: number }>([
          { $match: { journey, ...(split !== undefined && { split }), holdout: false } },
          {
            $group: {
              _id: {
                split: '$split',
                arm: '$arm',
                adaptive: '$adaptive',
                // Of an adaptive split each draw has probabilities of its own.
                probabilities: { $cond: ['$adaptive', {}, '$probabilities'] },
                reward: '$reward',
              },
              count: { $sum: 1 },
            },
          },
        ])
        .toArray();
      return groups.map(({ _id, count }) => ({ ..._id, count }));
    },
  };
}
