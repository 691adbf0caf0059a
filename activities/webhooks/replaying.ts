import { days, minutes } from '../../domain/duration';
import type { DeliveryDocument } from '../../store/deliveries';
import { nextLook } from '../messaging/checks';
import { endOf, suppressionOf, type Told } from './deliver';
import { backOff } from './due';
import { createTell } from './tell';
import type { WebhookDependencies } from './webhooks';

/** Carries out some of the replays that are due; gives how many attempts it made. May be called in any process. */
export type ReplayDeliveries = () => Promise<number>;

/** For how long a replay is tried until it is given up again. */
const patience = days(1);
/** Many times what an attempt may take: who has one in hand for longer was killed, and it is made again. */
const inHand = minutes(5);
/** Most replays that one call carries out, side by side. */
const batch = 25;
/** Most that are read at a time: the embedded server reads all that are due before it looks at a limit. */
const atATime = 10 * batch;

/**
 * Makes the carrying out of replays: what was given up goes out once more under the id that it had, and is tried again like
 * a first delivery. The run that asked for it goes its way; only the ledger says what became of it.
 */
export function createReplaying(dependencies: WebhookDependencies): ReplayDeliveries {
  const { store, configuration, now } = dependencies;
  const tell = createTell(dependencies);

  /** Whether it made an attempt. */
  async function replay(delivery: DeliveryDocument): Promise<boolean> {
    const { _id, customerId, journey, replay: ongoing, givenUp } = delivery;
    if (!ongoing || !givenUp) return false;
    const begun = new Date(now());
    const pausedAt = await store.journeys.pausedAt(journey);
    if (pausedAt) {
      const dueAt = new Date(nextLook(pausedAt, begun.getTime(), undefined));
      await store.deliveries.putOffReplay(_id, { at: begun, dueAt });
      return false;
    }
    const customer = await store.customers.find(customerId);
    const reason = suppressionOf(customer, configuration.globalHoldout);
    if (reason !== undefined || !customer) {
      const result = { state: 'suppressed', reason: reason ?? 'customer-unknown' } as const;
      await store.deliveries.settle(_id, result, { from: 'replaying', at: begun });
      return false;
    }
    const until = new Date(begun.getTime() + inHand);
    if (!(await store.deliveries.takeReplay(delivery, { at: begun, until }))) return false;
    const went = await tell(delivery, JSON.parse(givenUp.told) as Told, customer);
    const at = new Date(now());
    const answered = { at, ...(went.status !== undefined && { status: went.status }) };
    if (went.kind === 'later' && at.getTime() - ongoing.since.getTime() < patience) {
      const dueAt = new Date(at.getTime() + (went.after ?? backOff(ongoing.attempts + 1)));
      await store.deliveries.putOffReplay(_id, { ...answered, reason: went.reason, dueAt });
      return true;
    }
    await store.deliveries.settle(_id, endOf(went), { ...answered, from: 'replaying' });
    return true;
  }

  let due: DeliveryDocument[] = [];
  return async () => {
    if (due.length === 0) due = await store.deliveries.dueReplays(new Date(now()), atATime);
    const made = await Promise.allSettled(due.splice(0, batch).map(replay));
    for (const each of made) if (each.status === 'rejected') throw each.reason;
    return made.filter((each) => each.status === 'fulfilled' && each.value).length;
  };
}
