import type { WorkflowStartOptions } from '@temporalio/client';
import {
  defaultPayloadConverter,
  type SearchAttributePair,
  type TypedSearchAttributes,
} from '@temporalio/common';
import { BSON, type Document } from 'mongodb';
import { concurrently } from '../../api/routing/concurrently';
import { searchAttributes, taskQueues } from '../../domain/temporal-names';
import type { RunState } from '../../workflows/engine/run-state';
import type { Place } from '../place';
import { runOf, workflowOf } from './sleeper';

/** Starts under way at the same time. */
const atOnce = 40;
/** Runs in one write to each collection. */
const together = 500;
/** Most runs that may wait for the worker, so that the queue of work stays short. */
const backlog = 200;
const collections = ['customers', 'events', 'enrolments'];

/**
 * A run that fell asleep the ordinary way, and from which others are made that have no way behind them: its documents,
 * and the state with which its workflow continued as new at the wait, under other names.
 */
export interface Model {
  readonly name: string;
  readonly documents: ReadonlyMap<string, readonly Document[]>;
  readonly state: RunState;
  readonly options: Pick<
    WorkflowStartOptions,
    'memo' | 'staticSummary' | 'staticDetails' | 'priority' | 'typedSearchAttributes'
  >;
}

/** Reads a sleeper; its name stands in all that belongs to it, and nowhere as a part of another word. */
export async function modelOf({ client, mongo }: Place, name: string): Promise<Model> {
  const documents = await Promise.all(
    collections.map(async (each): Promise<[string, Document[]]> => {
      const own = each === 'customers' ? { _id: name as never } : { customerId: name };
      return [each, await mongo.db('perene').collection(each).find(own).toArray()];
    }),
  );
  const handle = client.workflow.getHandle(workflowOf(name));
  const [description, { events }] = await Promise.all([handle.describe(), handle.fetchHistory()]);
  const [input] = events?.[0]?.workflowExecutionStartedEventAttributes?.input?.payloads ?? [];
  if (!input) throw new Error(`The run of ${name} has no input.`);
  const state = defaultPayloadConverter.fromPayload<RunState>(input);
  if (!state.pending) throw new Error(`The run of ${name} does not sleep.`);
  const { memo, priority, typedSearchAttributes } = description;
  const [summary, details] = await Promise.all([description.staticSummary(), description.staticDetails()]);
  return {
    name,
    documents: new Map(documents),
    state,
    options: {
      ...(memo && { memo }),
      ...(summary !== undefined && { staticSummary: summary }),
      ...(details !== undefined && { staticDetails: details }),
      ...(priority && { priority }),
      typedSearchAttributes: ours(typedSearchAttributes),
    },
  };
}

/** Those search attributes of a run that are not the server's own. */
const ours = (all: TypedSearchAttributes): SearchAttributePair[] =>
  all
    .getAll()
    .filter(({ key }) => (Object.values(searchAttributes) as string[]).includes(key.name))
    .sort((a, b) => a.key.name.localeCompare(b.key.name));

/** Lays runs down beside the model, as one that carries on at the same wait would lie; resolves when all sleep. */
export async function layDown(
  { client, mongo }: Place,
  model: Model,
  names: readonly string[],
): Promise<void> {
  const asText = BSON.EJSON.stringify([...model.documents], { relaxed: false });
  const workflow = JSON.stringify([model.state, { ...model.options, typedSearchAttributes: [] }]);
  const attributes = model.options.typedSearchAttributes as SearchAttributePair[];
  const as = <Value>(text: string, name: string) => text.replaceAll(model.name, name) as string & Value;
  for (let n = 0; n < names.length; n += together) {
    const some = names.slice(n, n + together);
    const copies = some.map(
      (name) => BSON.EJSON.parse(as(asText, name), { relaxed: false }) as [string, Document[]][],
    );
    for (const [index, collection] of collections.entries()) {
      const documents = copies.flatMap((copy) => copy[index]?.[1] ?? []);
      if (documents.length > 0) await mongo.db('perene').collection(collection).insertMany(documents);
    }
    await concurrently(some, atOnce, async (name) => {
      const [state, options] = JSON.parse(as(workflow, name)) as [RunState, Model['options']];
      await client.workflow.start(state.enrolment.journey, {
        ...options,
        workflowId: workflowOf(name),
        taskQueue: taskQueues.journeys,
        args: [state],
        typedSearchAttributes: attributes.map((pair) =>
          pair.value === model.name ? { ...pair, value: name } : pair,
        ),
      });
    });
    await queued({ client }, n + together < names.length ? backlog : 0);
  }
  await Promise.all(names.slice(-backlog).map((name) => sleeping({ client }, name)));
}

/** Waits until no more than so many workflow tasks are left to the worker. */
async function queued({ client }: Pick<Place, 'client'>, most: number): Promise<void> {
  const { namespace } = client.options;
  for (;;) {
    const { stats } = await client.workflowService.describeTaskQueue({
      namespace,
      taskQueue: { name: taskQueues.journeys },
      reportStats: true,
    });
    if (Number(stats?.approximateBacklogCount ?? 0) <= most) return;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

/** Waits until a run has set its timer; gives its history. */
async function sleeping({ client }: Pick<Place, 'client'>, name: string) {
  for (;;) {
    const { events } = await client.workflow.getHandle(workflowOf(name)).fetchHistory();
    if (events?.at(-1)?.timerStartedEventAttributes) return events;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/**
 * Compares a copy with its model: what the ledger says of both, and the history of each since its wait began.
 *
 * @throws Error where they differ in more than names, and instants
 */
export async function judgeLikeness({ client, store }: Place, model: string, copy: string): Promise<void> {
  const look = async (name: string): Promise<string> => {
    const events = await sleeping({ client }, name);
    const kinds = events.map(({ eventType, userMetadata, timerStartedEventAttributes: timer }) => ({
      eventType,
      summary: userMetadata?.summary?.data?.toString(),
      ...(timer && { days: Math.round(Number(timer.startToFireTimeout?.seconds) / 86_400) }),
    }));
    const { typedSearchAttributes, memo, priority } = await client.workflow
      .getHandle(workflowOf(name))
      .describe();
    const enrolment = await store.enrolments.find(runOf(name));
    const trace = enrolment?.trace.map((entry) => ({ ...entry, at: 0 }));
    const told = { kinds, enrolment: { ...enrolment, trace }, memo, priority };
    const found = ours(typedSearchAttributes);
    return JSON.stringify({ ...told, found }, null, 1)
      .replaceAll(name, '<name>')
      .replaceAll(/"receivedAt": \d+/g, '"receivedAt": 0')
      .replaceAll(/"\d{4}-\d\d-\d\dT[^"]*"/g, '"<instant>"');
  };
  const [one, other] = await Promise.all([look(model), look(copy)]);
  if (one !== other) throw new Error(`A copy is not like its model:\n${one}\n${other}`);
}
