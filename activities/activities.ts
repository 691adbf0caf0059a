import type { JourneyActivities } from './contract';
import { createCustomerQuestions } from './customers';
import { createSplits } from './splits';
import { createSubJourneys } from './sub-journeys';
import { createWaits, type WaitDependencies } from './waits';

export interface ActivityDependencies extends WaitDependencies {
  readonly messaging: Pick<JourneyActivities, 'send'>;
  readonly decisions: Pick<JourneyActivities, 'decide'>;
  readonly bestTime: Pick<JourneyActivities, 'findBestTime'>;
  readonly webhooks: Pick<JourneyActivities, 'callWebhook' | 'alertTeam'>;
}

/** All activities of journeys, ready for a worker. */
export function createJourneyActivities(dependencies: ActivityDependencies): JourneyActivities {
  const { messaging, decisions, bestTime, webhooks, store } = dependencies;
  return {
    ...createWaits(dependencies),
    ...createCustomerQuestions(store),
    ...createSplits(dependencies),
    ...createSubJourneys(dependencies),
    ...webhooks,
    send: (request) => messaging.send(request),
    findBestTime: (request) => bestTime.findBestTime(request),
    decide: (request) => decisions.decide(request),
  };
}
