import type { MessageDocument } from '../../store/messages';
import type { Store } from '../../store/store';
import { createFate, type FateDependencies } from './recovery';

/** Settles what runs left behind; gives how many messages it settled. May be called at any time and in any process. */
export type SettleMessages = () => Promise<number>;

/** Milliseconds after which nobody who asked for a message sees to it himself any more. */
const patience = 5 * 60_000;
/** For how much longer, in milliseconds, a doubt is left to the machine on which the message was claimed. */
const doubtPatience = 10 * 60_000;
/** Most messages that one call looks at, of each kind. */
const batch = 500;

/**
 * Makes the settling of messages whose run or broadcast is over and which were still planned or being sent then, as when a
 * goal came while a worker that had a message was killed. One that never went is suppressed, for nobody waits for it any
 * more; of one that was being sent the handover log and the provider are asked; what nobody can tell ends as `unknown`.
 */
export function createSettling(
  dependencies: FateDependencies & { readonly store: Pick<Store, 'enrolments' | 'broadcasts'> },
): SettleMessages {
  const { store, now } = dependencies;
  const fateOf = createFate(dependencies);

  const isOver = async ({ enrolmentId, journey }: MessageDocument): Promise<boolean> => {
    const isBroadcast = journey.startsWith('broadcast/');
    if (!isBroadcast) return (await store.enrolments.find(enrolmentId))?.open === false;
    const broadcast = await store.broadcasts.find(enrolmentId.slice('broadcast/'.length));
    return broadcast?.state === 'completed' || broadcast?.state === 'cancelled';
  };

  const settle = async (message: MessageDocument): Promise<boolean> => {
    const at = new Date(now());
    const end = { state: 'suppressed', reason: 'journey-stopped' } as const;
    const { _id, claim, dueAt } = message;
    if (!claim) return store.messages.dropLeft(_id, end.reason, at);
    const held = { _id, token: claim.token };
    const fate = await fateOf(message, null);
    if (fate === 'never') return store.messages.conclude(held, end, at);
    if (fate === 'unknown') {
      if ((dueAt?.getTime() ?? 0) > now() - patience - doubtPatience) return false;
      return store.messages.conclude(held, { state: 'unknown' }, at);
    }
    await store.messages.recordSent(held, fate, at);
    return true;
  };

  return async () => {
    let settled = 0;
    for (const message of await store.messages.leftBehind(new Date(now() - patience), batch)) {
      if ((await isOver(message)) && (await settle(message))) settled += 1;
    }
    return settled;
  };
}
