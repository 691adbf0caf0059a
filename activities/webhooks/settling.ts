import type { Store } from '../../store/store';

/** Settles what runs left behind; gives how many deliveries it settled. May be called at any time and in any process. */
export type SettleDeliveries = () => Promise<number>;

/** Milliseconds after which nobody has a delivery in hand any more: many times what an attempt may take. */
const patience = 5 * 60_000;
/** Most deliveries that one call looks at. */
const batch = 250;

/**
 * Makes the settling of deliveries whose run is over and which are still planned, as when a goal came while the other
 * system was being asked, or while a worker was killed: they are suppressed, for nobody tries them any more. Each call
 * looks at some, the next one at those made after them, and so on round, so that many which go on waiting hide none.
 */
export function createDeliverySettling({
  store,
  now,
}: {
  readonly store: Pick<Store, 'deliveries' | 'enrolments'>;
  /** Real epoch milliseconds. */
  readonly now: () => number;
}): SettleDeliveries {
  let after = new Date(0);

  return async () => {
    const untouchedSince = new Date(now() - patience);
    const planned = await store.deliveries.plannedBetween(after, untouchedSince, batch);
    // Those of the same instant as the last one may not all have come.
    const last = planned.at(-1)?.createdAt.getTime();
    after = new Date(planned.length < batch || last === undefined ? 0 : last - 1);
    const open = await store.enrolments.openAmong(planned.map(({ enrolmentId }) => enrolmentId));
    const left = planned.filter(({ enrolmentId }) => !open.has(enrolmentId)).map(({ _id }) => _id);
    return store.deliveries.dropLeft(left, {
      untouchedSince,
      reason: 'journey-stopped',
      at: new Date(now()),
    });
  };
}
