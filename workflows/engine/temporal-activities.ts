import { proxyActivities, proxyLocalActivities, type CancellationScope } from '@temporalio/workflow';
import type { JourneyActivities, SendRequest } from '../../activities/contract';
import { taskQueues } from '../../domain/temporal-names';
import { templateMeta } from '../../domain/templates.gen';

/** Nothing that a journey asks for is given up: a failing activity is tried again until it, or what it needs, is mended. */
const retry = { initialInterval: 500, backoffCoefficient: 2, maximumInterval: 60_000 };

/**
 * The activities of a run as Temporal carries them out. Those that read or write the database, and messages that answer
 * the person's own act, run inside the workflow task: they cost no action of their own and no delay. Marketing messages
 * go through a task queue for each channel, where the server's rate limit paces them.
 *
 * Once the run is ending no call returns: the journey's function must not go on.
 */
export function temporalActivities(scope: CancellationScope, isEnding: () => boolean): JourneyActivities {
  const local = (summary: string) =>
    proxyLocalActivities<JourneyActivities>({ startToCloseTimeout: 30_000, retry, summary });

  // What may take seconds must not hold up a workflow task.
  const remote = (summary: string) =>
    proxyActivities<JourneyActivities>({ startToCloseTimeout: 60_000, retry, summary });

  const unlessEnding = async <T>(call: () => Promise<T>): Promise<T> => {
    if (isEnding()) return new Promise(() => undefined);
    try {
      const result = await scope.run(call);
      return isEnding() ? await new Promise(() => undefined) : result;
    } catch (error) {
      if (isEnding()) return new Promise(() => undefined);
      throw error;
    }
  };

  return {
    send: (request) => unlessEnding(() => sender(request).send(request)),
    findBestTime: (request) =>
      unlessEnding(() => local(`best time for ${request.step}`).findBestTime(request)),
    decide: (request) => unlessEnding(() => local(`offer for ${request.slot}`).decide(request)),
    assign: (request) => unlessEnding(() => local(`split ${request.split}`).assign(request)),
    isInSegment: (request) => unlessEnding(() => local(`in ${request.segment}?`).isInSegment(request)),
    readAttribute: (request) => unlessEnding(() => local(`attribute ${request.name}`).readAttribute(request)),
    callWebhook: (request) => unlessEnding(() => remote(request.step).callWebhook(request)),
    alertTeam: (request) => unlessEnding(() => remote(request.step).alertTeam(request)),
    enrol: (request) => unlessEnding(() => local(`enrol in ${request.journey}`).enrol(request)),
    reachWait: (request) => unlessEnding(() => local(request.step).reachWait(request)),
    lookBack: (request) => unlessEnding(() => local('look back').lookBack(request)),
    finish: (request) => unlessEnding(() => local(request.outcome).finish(request)),
  };

  function sender({ channel, template, step, priority }: SendRequest): Pick<JourneyActivities, 'send'> {
    const meta: Record<string, { purpose: string } | undefined> = templateMeta[channel];
    if (meta[template]?.purpose === 'transactional') return local(step);
    return proxyActivities<JourneyActivities>({
      taskQueue: taskQueues[channel],
      startToCloseTimeout: 60_000,
      retry,
      summary: step,
      priority: { priorityKey: priority > 0 ? 3 : 4 },
    });
  }
}
