import { join } from 'node:path';
import { ApplicationFailure } from '@temporalio/common';
import { DefaultLogger, Runtime, Worker } from '@temporalio/worker';
import { tsToMs } from '@temporalio/common/lib/time';
import { createSegmentEntry, type SegmentEntryActivities } from '../../activities/operations/segment-entry';
import { eventually, testApi, type TestApi } from '../api';
import { customer } from '../builders';
import { bundleOf } from '../bundle';
import { uniqueName } from '../servers';
import { fans } from './journeys';

const prefix = uniqueName('fan');
const ids = Array.from({ length: 10 }, (_, i) => `${prefix}-${String(i).padStart(2, '0')}`);
const page = 3;

let api: TestApi;
let workflowBundle: { code: string };
beforeAll(async () => {
  Runtime.install({ logger: new DefaultLogger('ERROR') });
  [api, workflowBundle] = await Promise.all([
    testApi({ journeys: [fans] }),
    bundleOf(join(__dirname, 'workflows.ts')),
  ]);
  const buyers = ids.map((_id) => customer({ _id, attributes: { orders: 2 } }));
  await api.store.customers.collection.insertMany([
    ...buyers,
    customer({ _id: `${prefix}-once`, attributes: { orders: 1 } }),
  ]);
});
afterAll(() => api.close());

describe('the sweep of a segment', () => {
  it('lets everybody in once, page by page and paced, and goes on where its worker died', async () => {
    const { client, namespace, native } = api.temporal;
    const connection = await native();
    const taskQueue = uniqueName('sweep');
    const looked: (string | null)[] = [];
    const { enrolSegment } = createSegmentEntry({ store: api.store, sizes: { read: page, asked: page } });
    const workerThat = (enrol: SegmentEntryActivities['enrolSegment']) => {
      const activities = { enrolSegment: enrol };
      return Worker.create({ connection, namespace, taskQueue, workflowBundle, activities });
    };
    // It dies with the second page done and not reported.
    const dying = await workerThat(async (place) => {
      looked.push(place.after);
      const progress = await enrolSegment(place);
      if (looked.length < 2) return progress;
      dying.shutdown();
      throw ApplicationFailure.retryable('The worker is gone.');
    });
    const sweep = await client.workflow.start('segmentEntry', { taskQueue, workflowId: uniqueName('sweep') });
    await dying.run();
    const next = await workerThat(async (place) => {
      looked.push(place.after);
      return enrolSegment(place);
    });
    await next.runUntil(sweep.result());

    expect(looked).toEqual([null, ids[2], ids[2], ids[5], ids[8]]);
    await api.allRouted();
    const runs = await api.store.enrolments.collection
      .find({ journey: 'sweep-fans' })
      .sort({ _id: 1 })
      .toArray();
    expect(runs.map(({ _id }) => _id)).toEqual(ids.map((id) => `sweep-fans/${id}#1`));
    for (const id of [ids[0], ids[9]]) {
      const run = client.workflow.getHandle(`sweep-fans/${id ?? ''}`);
      await eventually(async () => (await run.describe()).status.name === 'RUNNING');
    }
    // Twenty a second at most: each page is followed by a rest for those it asked for.
    const { events } = await sweep.fetchHistory();
    const rests = (events ?? []).flatMap(({ timerStartedEventAttributes: timer }) =>
      timer ? [tsToMs(timer.startToFireTimeout)] : [],
    );
    expect(rests).toEqual([150, 150, 50]);
  });
});
