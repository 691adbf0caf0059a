import type { Collection, Db, UpdateOneModel } from 'mongodb';
import type { CustomerClock } from '../domain/clock';
import type { Outcome } from '../domain/enrolment';
import type { WaitPattern } from '../domain/events';
import type { JournalEntry, WaitKind } from '../domain/journal';
import { durable } from './durable';
import { createBatcher } from './batcher';
import { chunks } from './chunks';
import { duplicates } from './duplicates';
import { byBytes, customerRanges } from './id-ranges';

export interface EnrolmentDocument {
  /** `<journey>/<customerId>[/<key>]#<n>`. */
  readonly _id: string;
  /** `<journey>/<customerId>[/<key>]`, the Temporal workflow id. */
  readonly workflowId: string;
  /** Which run under this workflow id, from 1. */
  readonly n: number;
  readonly journey: string;
  readonly customerId: string;
  readonly key?: string;
  readonly triggerEventId: string;
  /** In a control group: the journey's own, or that of all marketing. */
  readonly holdout: boolean;
  readonly globalHoldout?: true;
  readonly clock?: CustomerClock;
  /** The enrolment that began this one. */
  readonly parent?: string;
  readonly startedAt: Date;
  /** Open until the run ends. */
  open: boolean;
  /** The step at which the run waits, since when, until when, and for which events. */
  step?: string;
  waitKind?: WaitKind;
  stepSince?: Date;
  waitsUntil?: Date | null;
  waitsFor?: readonly WaitPattern[];
  /** Steps that are over, oldest first. */
  trace: JournalEntry[];
  endedAt?: Date;
  outcome?: Outcome;
  endedBy?: string;
  /** The goal came when the run was over, within the journey's attribution window. */
  convertedAt?: Date;
  convertedBy?: string;
}

/** The runs under a workflow id, open or not. */
export interface RunHistory {
  /** Which run was the latest, and when it began. */
  readonly n: number;
  readonly startedAt: Date;
  /** Whether the latest is. */
  readonly open: boolean;
  /** Ids of the events that opened them. */
  readonly triggers: ReadonlySet<string>;
}

/** A number of runs of one group that are at the same place. */
export interface RunCount {
  readonly journey: string;
  readonly holdout: boolean;
  readonly globalHoldout?: true;
  /** Whether each is the first under its workflow id. */
  readonly isFirst: boolean;
  /** Of open runs that wait. */
  readonly step?: string;
  /** Of runs that are over. */
  readonly outcome?: Outcome;
  readonly count: number;
}

/** Open runs of a journey that wait at the same step and have the same steps behind them. */
export interface Standing {
  readonly journey: string;
  /** Undefined: they have not reached a wait yet. */
  readonly step?: string;
  readonly count: number;
  /** One of them. */
  readonly example: string;
}

/** Most changes in one write. */
const changesLimit = 100;

/** Most thousands of customers among whom runs are looked for in one query, where there are few. */
const mostThousands = 8;

/** The ledger of runs: who was ever in which journey, and where those inside are. */
export function enrolmentCollection(db: Db, ranges = customerRanges(db)) {
  const collection: Collection<EnrolmentDocument> = db.collection('enrolments', durable);
  /** Changes that runs make at once share a write. */
  const changes = createBatcher(async (updates: UpdateOneModel<EnrolmentDocument>[]) => {
    await collection.bulkWrite(
      updates.map((updateOne) => ({ updateOne })),
      { ordered: false },
    );
    return updates;
  }, changesLimit);
  return {
    collection,
    async ensureIndexes() {
      await collection.createIndexes([
        { key: { workflowId: 1, n: 1 }, unique: true },
        {
          key: { workflowId: 1 },
          unique: true,
          partialFilterExpression: { open: true },
          name: 'one_open_run',
        },
        { key: { customerId: 1, open: 1 } },
        // For ranges of ids.
        { key: { journey: 1, open: 1, _id: 1 } },
        { key: { journey: 1, open: 1, step: 1, _id: 1 } },
      ]);
    },
    find: (id: string) => collection.findOne({ _id: id }),
    /**
     * Stores new runs and returns the ids of those that could be: not where the id is taken, or another run under the
     * workflow id is open.
     */
    async insert(documents: readonly EnrolmentDocument[]): Promise<Set<string>> {
      const ids = new Set(documents.map(({ _id }) => _id));
      if (ids.size === 0) return ids;
      try {
        await collection.insertMany(documents, { ordered: false });
      } catch (error) {
        for (const index of duplicates(error)) ids.delete(documents[index]?._id ?? '');
      }
      return ids;
    },
    /** Open runs of some customers, without their traces. */
    async openOf(customerIds: readonly string[]): Promise<Omit<EnrolmentDocument, 'trace'>[]> {
      const found = chunks(customerIds).map((some) =>
        collection
          .find({ customerId: { $in: some }, open: true })
          .project<Omit<EnrolmentDocument, 'trace'>>({ trace: 0 })
          .toArray(),
      );
      return (await Promise.all(found)).flat();
    },
    /** Which of some runs are open. */
    async openAmong(ids: readonly string[]): Promise<Set<string>> {
      const found = chunks([...new Set(ids)]).map((some) =>
        collection
          .find({ _id: { $in: some }, open: true })
          .project<Pick<EnrolmentDocument, '_id'>>({ _id: 1 })
          .toArray(),
      );
      return new Set((await Promise.all(found)).flat().map(({ _id }) => _id));
    },
    /** The runs so far under each of some workflow ids; an id under which none was is left out. */
    async histories(workflowIds: readonly string[]): Promise<Map<string, RunHistory>> {
      const found = chunks(workflowIds).map((some) =>
        collection
          .find({ workflowId: { $in: some } })
          .project<Pick<EnrolmentDocument, 'workflowId' | 'n' | 'startedAt' | 'open' | 'triggerEventId'>>({
            _id: 0,
            workflowId: 1,
            n: 1,
            startedAt: 1,
            open: 1,
            triggerEventId: 1,
          })
          .sort({ n: 1 })
          .toArray(),
      );
      const histories = new Map<string, RunHistory>();
      for (const { workflowId, n, startedAt, open, triggerEventId } of (await Promise.all(found)).flat()) {
        const triggers = new Set(histories.get(workflowId)?.triggers).add(triggerEventId);
        histories.set(workflowId, { n, startedAt, open, triggers });
      }
      return histories;
    },
    /** How many runs stand at each step, or ended how. Reads every run. */
    async counts(): Promise<RunCount[]> {
      const groups = await collection
        .aggregate<{ _id: Omit<RunCount, 'count'>; count: number }>([
          {
            $group: {
              _id: {
                journey: '$journey',
                holdout: '$holdout',
                globalHoldout: '$globalHoldout',
                isFirst: { $eq: ['$n', 1] },
                step: '$step',
                outcome: '$outcome',
              },
              count: { $sum: 1 },
            },
          },
        ])
        .toArray();
      return groups.map(({ _id, count }) => ({ ..._id, count }));
    },
    /** How many runs of a journey are past each step, in the order in which runs come to them. */
    async passed(journey: string): Promise<{ step: string; count: number }[]> {
      const groups = await collection
        .aggregate<{ _id: string; count: number }>([
          { $match: { journey } },
          { $unwind: { path: '$trace', includeArrayIndex: 'place' } },
          { $match: { 'trace.skipped': { $ne: true } } },
          { $group: { _id: '$trace.step', count: { $sum: 1 }, place: { $max: '$place' } } },
          // By the fullest way to each: a step behind a branch comes after the steps of the branch.
          { $sort: { place: 1, _id: 1 } },
        ])
        .toArray();
      return groups.map(({ _id, count }) => ({ step: _id, count }));
    },
    /** Where those inside journeys stand, those with the same past together. Reads every run. */
    async standings(): Promise<Standing[]> {
      const groups = await collection
        .aggregate<{ _id: { journey: string; step?: string }; count: number; example: string }>([
          { $match: { open: true } },
          {
            $group: {
              _id: { journey: '$journey', step: '$step', past: '$trace.step' },
              count: { $sum: 1 },
              example: { $min: '$_id' },
            },
          },
          { $sort: { '_id.step': 1, count: -1, example: 1 } },
        ])
        .toArray();
      return groups.map(({ _id: { journey, step }, count, example }) => ({
        ...{ journey, count, example },
        ...(step !== undefined && { step }),
      }));
    },
    /** All runs of some customers, without their traces. */
    async ofCustomers(customerIds: readonly string[]): Promise<Omit<EnrolmentDocument, 'trace'>[]> {
      const found = chunks(customerIds).map((some) =>
        collection
          .find({ customerId: { $in: some } })
          .project<Omit<EnrolmentDocument, 'trace'>>({ trace: 0 })
          .toArray(),
      );
      return (await Promise.all(found)).flat();
    },
    /** Counts the goal of a run that was completed before it came; whether it had not been counted. */
    async convertLate(id: string, eventId: string, at: Date): Promise<boolean> {
      const { matchedCount } = await collection.updateOne(
        { _id: id, open: false, outcome: 'completed' },
        { $set: { outcome: 'converted', convertedBy: eventId, convertedAt: at } },
      );
      return matchedCount === 1;
    },
    /** A page of a journey's runs in the order of their ids, beginning behind one. */
    async page(
      { journey, open, step, after }: { journey: string; open?: boolean; step?: string; after?: string },
      limit: number,
    ): Promise<EnrolmentDocument[]> {
      // A nought comes after a slash.
      const [first, last] = [`${journey}/`, `${journey}0`];
      const found: EnrolmentDocument[] = [];
      let from = after === undefined || byBytes(after, first) < 0 ? first : after;
      for (let thousands = 1; byBytes(from, last) < 0;) {
        // Ids go on with the customer's.
        const end = await ranges.endBehind(from.slice(first.length), thousands);
        const until = end === null ? last : first + end;
        const most = limit - found.length;
        const parts = (open === undefined ? [true, false] : [open]).map((each) =>
          collection
            .find({
              journey,
              open: each,
              ...(step !== undefined && { step }),
              _id: { $gt: from, $lte: until },
            })
            .sort({ _id: 1 })
            .limit(most)
            .toArray(),
        );
        const some = (await Promise.all(parts)).flat().sort((a, b) => byBytes(a._id, b._id));
        found.push(...some.slice(0, most));
        if (found.length >= limit) break;
        thousands = some.length * 10 < limit ? Math.min(thousands * 2, mostThousands) : 1;
        from = until;
      }
      return found;
    },
    /** A customer's runs, latest first. */
    ofCustomer: (customerId: string) => collection.find({ customerId }).sort({ startedAt: -1 }).toArray(),
    /** The run that an event opened. */
    openedBy: (eventId: string, customerId: string) =>
      collection.findOne({ customerId, triggerEventId: eventId }),
    /** Records where a run waits, and what it did since; a step that is told again is recorded once, as told last. */
    async reachWait(
      id: string,
      wait: Required<Pick<EnrolmentDocument, 'step' | 'waitKind' | 'stepSince' | 'waitsUntil' | 'waitsFor'>>,
      trace: readonly JournalEntry[],
    ): Promise<void> {
      await changes.add([
        { filter: { _id: id }, update: [{ $set: { ...literally(wait), ...traced(trace) } }] },
      ]);
    },
    async finish(
      id: string,
      end: { outcome: Outcome; endedAt: Date; endedBy?: string },
      trace: readonly JournalEntry[],
    ): Promise<void> {
      const update = [
        { $set: { ...literally({ ...end, open: false }), ...traced(trace) } },
        { $unset: ['step', 'waitKind', 'stepSince', 'waitsUntil', 'waitsFor'] },
      ];
      await changes.add([{ filter: { _id: id, open: true }, update }]);
    },
  };
}

/** Values as they are, where a pipeline would take a text with a dollar sign for an expression. */
const literally = (values: object) =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [name, { $literal: value as unknown }]));

/** The trace with these entries behind those of other steps: a run that was reset tells its last steps again. */
const traced = (trace: readonly JournalEntry[]) => {
  if (trace.length === 0) return {};
  const steps = { $literal: trace.map(({ step }) => step) };
  const others = { $filter: { input: '$trace', cond: { $not: [{ $in: ['$$this.step', steps] }] } } };
  return { trace: { $concatArrays: [others, { $literal: [...trace] }] } };
};
