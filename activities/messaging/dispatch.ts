import { ApplicationFailure } from '@temporalio/common';
import type { Channel } from '../../domain/messages';
import type { Contact } from '../../store/contact-counts';
import type { MessagePlan } from '../../store/messages';
import type { Store } from '../../store/store';
import type { BlockReason } from '../../store/suppressions';
import type { SendResult } from '../contract';
import { recordCarrierRefusal } from './carrier-refusal';
import type { Letter } from './compose';
import type { createLastLook } from './checks';
import type { ContactCaps, LocalLife } from './contact-caps';
import type { Handover } from './handover-log';
import type { Delivery, EmailProvider, SmsProvider } from './providers';
import type { Pace, Turn, Turns } from './turns';

export interface DispatchDependencies {
  readonly store: Pick<Store, 'messages' | 'suppressions' | 'customers' | 'consents' | 'transaction'>;
  readonly caps: ContactCaps;
  readonly lastLook: ReturnType<typeof createLastLook>;
  readonly email: EmailProvider;
  readonly sms: SmsProvider | null;
  /** When marketing may be handed over. */
  readonly turns: Pick<Turns, 'next'>;
  /** Real epoch milliseconds. */
  readonly now: () => number;
}

/** A message that this attempt has claimed, as it is to be sent. */
export interface ClaimedMessage {
  readonly plan: MessagePlan;
  readonly token: string;
  readonly letter: Letter;
  readonly life: LocalLife;
  readonly handover: Handover;
  /** The rate of its own that it keeps to besides its channel's. */
  readonly pace?: Pace | undefined;
}

/** Milliseconds until a message is looked at again for which the channel had no turn soon. */
const turnRetry = 15_000;
/** Milliseconds until a message is tried again that its recipient's server does not take now. */
const recipientRetry = 5 * 60_000;
/** For how long, in milliseconds since it was first asked for, such a message is tried. */
const recipientPatience = 2 * 86_400_000;
/**
 * Milliseconds until somebody may see to a message whose fate is uncertain. Twilio is asked, which must by then have
 * done with a request that we gave up waiting for.
 */
const settleTime = { email: 2_000, sms: 30_000 } as const satisfies Record<Channel, number>;

const blockFor: Record<'dead' | 'stopped' | 'invalid', BlockReason> = {
  dead: 'hard-bounce',
  stopped: 'stopped',
  invalid: 'invalid',
};

/** Hands claimed messages to their provider and records what it said. */
export function createDispatch({ store, caps, lastLook, email, sms, turns, now }: DispatchDependencies) {
  /** @param turn null for a message that need not wait for its turn */
  const deliver = async ({ letter, handover }: ClaimedMessage, turn: Turn | null): Promise<Delivery> => {
    const beforeTaking = async () => {
      if (turn && !(await turn.use())) throw new Error('The channel has no turn for the message.');
      handover.handingOver();
    };
    if (letter.channel === 'email') return email.send(letter, beforeTaking);
    return (await sms?.send(letter, beforeTaking)) ?? { outcome: 'refused', reason: 'no-sms-provider' };
  };

  const giveBack = async ({ plan, token, handover }: ClaimedMessage, until: number): Promise<void> => {
    const at = new Date(now());
    await store.messages.release({ ...plan, token }, 'provider', { at, until: new Date(until) });
    handover.settled();
  };

  const end = async (
    { plan, token, handover }: ClaimedMessage,
    result: Extract<SendResult, { reason: string }>,
  ): Promise<SendResult> => {
    await store.messages.conclude({ _id: plan._id, token }, result, new Date(now()));
    handover.settled();
    return result;
  };

  const refused = async (
    message: ClaimedMessage,
    { reason, address }: Extract<Delivery, { outcome: 'refused' }>,
  ): Promise<SendResult> => {
    const { channel, to } = message.letter;
    const at = new Date(now());
    if (address === 'stopped' && channel === 'sms')
      await recordCarrierRefusal(store, { phone: to, messageId: message.plan._id, at });
    else if (address) await store.suppressions.block({ channel, address: to }, blockFor[address], at);
    return end(
      message,
      address === 'stopped'
        ? { state: 'suppressed', reason: 'suppression-list' }
        : { state: 'failed', reason },
    );
  };

  const unavailable = async (
    message: ClaimedMessage,
    { reason, scope }: Extract<Delivery, { outcome: 'unavailable' }>,
  ): Promise<SendResult> => {
    if (scope === 'recipient') {
      const since = (await store.messages.find(message.plan._id))?.createdAt.getTime() ?? now();
      if (now() - since > recipientPatience) return end(message, { state: 'failed', reason });
      const until = now() + recipientRetry;
      await giveBack(message, until);
      return { state: 'deferred', until };
    }
    await giveBack(message, now());
    throw ApplicationFailure.create({
      type: 'ProviderUnavailable',
      message: `${message.letter.channel}: ${reason}`,
    });
  };

  const uncertain = async (
    { plan, token, handover }: ClaimedMessage,
    reason: string,
  ): Promise<SendResult> => {
    const claim = { _id: plan._id, token };
    if (plan.channel === 'email' && plan.purpose === 'marketing') {
      await store.messages.conclude(claim, { state: 'unknown' }, new Date(now()));
      handover.settled();
      return { state: 'unknown' };
    }
    await store.messages.letGo(claim, new Date(now() + settleTime[plan.channel]));
    throw ApplicationFailure.create({
      type: 'DeliveryUncertain',
      message: `${plan.channel}: ${reason} after the message was handed over`,
      nextRetryDelay: settleTime[plan.channel],
    });
  };

  const hand = async (message: ClaimedMessage, contact: Contact | null): Promise<SendResult> => {
    const refusal = await lastLook(message.plan, message.letter.to);
    if (refusal) {
      if (contact) await caps.release(contact);
      if (refusal !== 'address-changed') return end(message, { state: 'suppressed', reason: refusal });
      const until = now();
      await giveBack(message, until);
      return { state: 'deferred', until };
    }
    const turn = contact && (await turns.next(message.plan.channel, message.pace));
    if (contact && !turn) {
      await caps.release(contact);
      const until = now() + turnRetry;
      await giveBack(message, until);
      return { state: 'deferred', until };
    }
    const delivery = await deliver(message, turn).finally(() => turn?.end());
    if (delivery.outcome === 'refused' || delivery.outcome === 'unavailable') {
      message.handover.notTaken();
      if (contact) await caps.release(contact);
    }
    switch (delivery.outcome) {
      case 'accepted': {
        const { providerId, provider } = delivery;
        message.handover.taken({ providerId, provider });
        const claim = { _id: message.plan._id, token: message.token };
        await store.messages.recordSent(claim, { providerId, provider }, new Date(now()));
        message.handover.settled();
        return { state: 'sent' };
      }
      case 'refused':
        return refused(message, delivery);
      case 'unavailable':
        return unavailable(message, delivery);
      case 'uncertain':
        return uncertain(message, delivery.reason);
      default:
        return delivery satisfies never;
    }
  };

  /**
   * Sends a claimed message, if the caps leave room for it.
   *
   * @returns what became of it; `deferred` where only the recipient's server does not take it now
   * @throws ApplicationFailure `ProviderUnavailable`, and the claim is given back; `DeliveryUncertain`, and whoever
   *   tries again finds out
   */
  return async (message: ClaimedMessage): Promise<SendResult> => {
    if (message.plan.purpose === 'transactional') return hand(message, null);
    let contact: Contact | null;
    try {
      contact = await caps.reserve(message.plan, message.life);
    } catch (error) {
      await giveBack(message, now());
      throw error;
    }
    return contact ? hand(message, contact) : end(message, { state: 'suppressed', reason: 'contact-policy' });
  };
}
