import { ApplicationFailure } from '@temporalio/common';
import { groupOf, type MessageResult } from '../../domain/messages';
import type { MessageDocument } from '../../store/messages';
import type { Store } from '../../store/store';
import { addressOn } from './addresses';
import type { Letter } from './compose';
import type { HandoverFate, HandoverLog } from './handover-log';
import type { SmsProvider } from './providers';

export interface FateDependencies {
  readonly store: Pick<Store, 'customers' | 'messages'>;
  readonly sms: SmsProvider | null;
  readonly handovers: Pick<HandoverLog, 'fateOf' | 'isGone'>;
  /** Real epoch milliseconds. */
  readonly now: () => number;
}

/**
 * Makes the answer to what became of a message that an attempt had claimed and lost: the handover log tells where the
 * attempt was on this machine, and of what was between handing over and answer Twilio is asked. Of e-mail nobody can tell
 * then.
 */
export function createFate({ store, sms, handovers }: FateDependencies) {
  const numberOf = async (customerId: string): Promise<string | undefined> => {
    const customer = await store.customers.find(customerId);
    return customer ? addressOn('sms', customer) : undefined;
  };

  const askProvider = async (message: MessageDocument, letter: Letter | null): Promise<HandoverFate> => {
    if (message.channel !== 'sms' || !sms) return 'unknown';
    const to = letter?.to ?? (await numberOf(message.customerId));
    if (to === undefined) return 'unknown';
    const taken = await sms.taken(to, (message.claimedAt ?? message.createdAt).getTime());
    if ('unavailable' in taken) {
      throw ApplicationFailure.create({
        type: 'ProviderUnavailable',
        message: `${sms.name} cannot tell what became of a message: ${taken.unavailable}`,
      });
    }
    const known = await store.messages.knownProviderIds(
      message.customerId,
      taken.map(({ providerId }) => providerId),
    );
    const unclaimed = taken.filter(({ providerId }) => !known.has(providerId));
    const same = unclaimed.find(({ body }) => letter?.channel === 'sms' && body.endsWith(letter.body));
    if (same) return { providerId: same.providerId };
    // Something went to this number that no other message accounts for: the provider may have changed the text.
    return unclaimed.length > 0 ? 'unknown' : 'never';
  };

  /**
   * @param letter the message as it would be sent now; null where it would not be
   * @throws ApplicationFailure `ProviderUnavailable` - it cannot tell now
   */
  return async (message: MessageDocument, letter: Letter | null): Promise<HandoverFate> => {
    const logged = message.claim ? await handovers.fateOf(message.claim) : 'unknown';
    return logged === 'unknown' ? askProvider(message, letter) : logged;
  };
}

/**
 * What a message that is past planning means for an attempt that finds it.
 *
 * A final one has its result. One in another attempt's hands is left alone until its claim runs out, or its process is
 * gone. Then that attempt is lost, and the question is whether the provider took the message ({@link createFate}). Where nobody can tell,
 * marketing ends as unknown, and a transactional message is free to be sent again, under the same Message-ID.
 */
export function createRecovery(dependencies: FateDependencies) {
  const { store, handovers, now } = dependencies;
  const fateOf = createFate(dependencies);

  /**
   * @param letter the message as it would be sent now; null where it would not be
   * @returns its result, or null where it is free to be planned anew
   * @throws ApplicationFailure `ClaimHeld` - another attempt has it; `ProviderUnavailable`
   */
  return async (message: MessageDocument, letter: Letter | null): Promise<MessageResult | null> => {
    if (message.state !== 'sending') return resultOf(message);
    const { claim, dueAt, _id } = message;
    const left = (dueAt?.getTime() ?? 0) - now();
    if (!claim || (left > 0 && !(await handovers.isGone(claim)))) {
      throw ApplicationFailure.create({
        type: 'ClaimHeld',
        message: 'Another attempt is sending this message.',
        nextRetryDelay: Math.max(left, 1_000),
      });
    }
    const held = { _id, token: claim.token };
    const at = new Date(now());
    const answer = await fateOf(message, letter);
    if (typeof answer === 'object') {
      await store.messages.recordSent(held, answer, at);
      return { state: 'sent' };
    }
    if (answer === 'unknown' && message.purpose === 'marketing') {
      const ended = await store.messages.conclude(held, { state: 'unknown' }, at);
      return ended ? { state: 'unknown' } : null;
    }
    await store.messages.release({ ...message, ...held }, 'provider', { at, until: at });
    return null;
  };
}

/** What a journey learns of a message that is past planning and not being sent. */
export function resultOf({ state, reason = '' }: MessageDocument): MessageResult | null {
  const group = groupOf(state);
  switch (group) {
    case 'waiting':
      return null;
    case 'suppressed':
      return { state: group, reason } as MessageResult;
    case 'failed':
      return { state: group, reason };
    case 'unknown':
    case 'sent':
      return { state: group };
    default:
      return group satisfies never;
  }
}
