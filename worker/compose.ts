import { join } from 'node:path';
import type { Logger } from 'pino';
import { createJourneyActivities } from '../activities/activities';
import { createBestTime } from '../activities/best-time/best-time';
import { createBroadcasts, type Broadcasts } from '../activities/broadcasts/broadcasts';
import type { JourneyActivities } from '../activities/contract';
import { createDecisions } from '../activities/decisions/decisions';
import { createByPurpose } from '../activities/messaging/by-purpose';
import { createHandoverLog } from '../activities/messaging/handover-log';
import { createMessaging } from '../activities/messaging/messaging';
import { createPacing } from '../activities/messaging/pacing';
import { createTurns } from '../activities/messaging/turns';
import { createSettling, type SettleMessages } from '../activities/messaging/settling';
import { createMailProvider } from '../activities/messaging/mail-providers';
import { createReplaying, type ReplayDeliveries } from '../activities/webhooks/replaying';
import { createDeliverySettling, type SettleDeliveries } from '../activities/webhooks/settling';
import { createWebhooks } from '../activities/webhooks/webhooks';
import { createTwilioProvider } from '../activities/messaging/twilio';
import { createFactorizing, type FactorizingActivities } from '../activities/operations/factorizing';
import { createLapse, type LapseActivities } from '../activities/operations/lapse';
import { createSegmentEntry, type SegmentEntryActivities } from '../activities/operations/segment-entry';
import { createLearning, type LearningActivities } from '../activities/operations/learning';
import { createMomentLearning, type MomentLearningActivities } from '../activities/operations/moments';
import { createRetention, type RetentionActivities } from '../activities/operations/retention';
import { createRetraining, type RetrainingActivities } from '../activities/operations/retraining';
import type { Configuration } from '../domain/configuration';
import type { Store } from '../store/store';
import * as renderer from '../templates/render';

/** The activities of a worker, on real providers. `close` ends their connections. */
export interface ComposedActivities {
  readonly activities: JourneyActivities;
  /** Sends journeys' marketing at the rate that it shares with broadcasts. */
  readonly paced: Pick<JourneyActivities, 'send'>;
  /** What scheduled operations call. */
  readonly operations: LearningActivities &
    MomentLearningActivities &
    LapseActivities &
    SegmentEntryActivities &
    RetentionActivities &
    RetrainingActivities &
    FactorizingActivities;
  readonly broadcasts: Broadcasts;
  /** What workers do from time to time, without being asked. */
  readonly settleMessages: SettleMessages;
  readonly settleDeliveries: SettleDeliveries;
  readonly replayDeliveries: ReplayDeliveries;
  readonly close: () => void;
}

/** Puts a worker's activities together from its configuration. */
export function composeActivities(
  configuration: Configuration,
  store: Store,
  log: Logger,
): ComposedActivities {
  const { business, email, sms, retention } = configuration;
  const now = Date.now;
  const smtp = createMailProvider(email, { takePlace: store.sendSlots.takeNow, now });
  const handovers = createHandoverLog(join(configuration.dataDir, 'handover'));
  const rates = { email: email.ratePerSecond, sms: sms.ratePerSecond };
  const turns = createTurns({ store, rates, now });
  const texts = sms.twilio ? createTwilioProvider(sms.twilio) : null;
  const line = (queues: Store) =>
    createMessaging({
      store: queues,
      handovers,
      turns,
      configuration,
      renderer,
      email: smtp,
      sms: texts,
      now,
      log,
    });
  const messaging = createByPurpose({ transactional: line(store), marketing: line(store.beside()) });
  const decisions = createDecisions({ store, business, now });
  const bestTime = createBestTime({
    store,
    businessTimeZone: business.timeZone,
    globalHoldout: configuration.globalHoldout,
    now,
  });
  const telling = { store, configuration, email: smtp, now };
  const activities = createJourneyActivities({
    store,
    bestTime,
    businessTimeZone: business.timeZone,
    messaging,
    decisions,
    webhooks: createWebhooks(telling),
    now,
  });
  const operations = {
    ...createLearning({ store, now }),
    ...createMomentLearning({ store, now }),
    ...createRetraining({ store, now }),
    ...createFactorizing({ store, now }),
    ...createLapse({ store, now }),
    ...createSegmentEntry({ store, now }),
    ...createRetention({ store, retention, now }),
  };
  const broadcasts = createBroadcasts({
    store,
    send: messaging.send,
    businessTimeZone: business.timeZone,
    rates,
    turns,
    now,
  });
  const paced = createPacing({ send: activities.send, turns, now });
  const close = (): void => {
    smtp.close();
    handovers.close();
  };
  const settle = createSettling({ store, sms: texts, handovers, now });
  const settleMessages = async (): Promise<number> => {
    await handovers.tidy(now());
    return settle();
  };
  const settleDeliveries = createDeliverySettling({ store, now });
  const replayDeliveries = createReplaying(telling);
  return {
    ...{ activities, paced, operations, broadcasts, close },
    ...{ settleMessages, settleDeliveries, replayDeliveries },
  };
}
