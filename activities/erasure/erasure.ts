import { randomUUID } from 'node:crypto';
import { channels } from '../../domain/messages';
import { forgetCustomer, textsOf } from '../../store/forget';
import type { Store } from '../../store/store';
import { suppressionId } from '../../store/suppressions';
import { addressOn } from '../messaging/addresses';
import type { Histories } from './histories';
import type { SentCopies } from './sent-copies';

export interface ErasureDependencies {
  readonly store: Store;
  readonly histories: Histories;
  readonly copies: SentCopies;
  /** Removes files that this machine made of a customer. */
  readonly removeFiles: (customerId: string) => Promise<void>;
  readonly now: () => Date;
  /** Milliseconds from each pass to the next. Default: {@link passDelays}. */
  readonly delays?: readonly number[];
  /** Is told of what could not be reached; it is tried again. */
  readonly onPutOff: (about: { customerId: string; part: string; error: string }) => void;
}

/** Erases customers wherever Perene keeps something about them. */
export interface Erasure {
  /**
   * Notes the wish, then makes the first pass: what is in the database goes, runs end, their histories are deleted.
   *
   * @returns since when the customer counts as erased. What could not be reached is erased later.
   */
  erase(customerId: string): Promise<Date>;
  /** Makes one pass that is due, of whichever process noted it; false where none is. */
  continueOne(): Promise<boolean>;
}

/**
 * When passes follow the first, milliseconds after the one before: a request or an attempt that was under way when the
 * customer was erased may have written behind its back. The last is later than any claim on a message lasts.
 */
export const passDelays = [10_000, 110_000] as const;
/** How long a pass that failed waits, and how long others leave one to the process that makes it, milliseconds. */
const retryDelay = 15_000;
const lease = 60_000;

/** Makes an eraser. Each pass may be made any number of times, and by any process: what is gone stays gone. */
export function createErasure(dependencies: ErasureDependencies): Erasure {
  const { store, histories, copies, removeFiles, now, delays = passDelays, onPutOff } = dependencies;
  const later = (milliseconds: number) => new Date(now().getTime() + milliseconds);

  /**
   * Nothing is sent to the person's addresses again, whoever brings them back under another id, nor to e-mail addresses
   * that were theirs before. Numbers that were are not blocked: they may be somebody else's by now.
   */
  async function suppressAddresses(customerId: string): Promise<void> {
    const customer = await store.customers.find(customerId);
    if (!customer || customer.erasedAt) return;
    const current = channels.flatMap((channel) => {
      const address = addressOn(channel, customer);
      return address === undefined ? [] : [suppressionId({ channel, address })];
    });
    const suppressionIds = [...new Set([...current, ...(customer.formerAddresses ?? [])])];
    await store.erasures.remember(customerId, { suppressionIds });
    for (const id of suppressionIds) {
      if (current.includes(id) || id.startsWith('email:'))
        await store.suppressions.blockId(id, 'erased', now());
    }
  }

  /** Makes one pass; whether every part could be reached. */
  async function pass(customerId: string): Promise<boolean> {
    let complete = true;
    const attempt = async (part: string, work: () => Promise<void>) => {
      try {
        await work();
      } catch (error) {
        complete = false;
        onPutOff({ customerId, part, error: error instanceof Error ? error.name : 'unknown' });
      }
    };
    await suppressAddresses(customerId);
    await store.erasures.remember(customerId, { textIds: await textsOf(store, customerId) });
    const noted = await store.erasures.find(customerId);
    const open = await store.enrolments.openOf([customerId]);
    await Promise.all([
      attempt('runs', () => histories.end(open.map(({ workflowId }) => workflowId))),
      forgetCustomer(store, customerId, { at: now(), salt: noted?.salt ?? randomUUID() }),
    ]);
    await Promise.all([
      attempt('histories', () => histories.remove(customerId)),
      attempt('copies', () => copies.remove(noted ?? { suppressionIds: [], textIds: [] })),
      attempt('files', () => removeFiles(customerId)),
    ]);
    return complete;
  }

  async function passAndPlan(customerId: string, passes: number): Promise<void> {
    const complete = await pass(customerId);
    const delay = complete ? delays[passes] : retryDelay;
    if (delay === undefined) await store.erasures.finish(customerId, now());
    else await store.erasures.passed(customerId, { complete, dueAt: later(delay) });
  }

  return {
    async erase(customerId) {
      const since = await store.erasures.request(customerId, now());
      await passAndPlan(customerId, 0);
      return since;
    },
    async continueOne() {
      const due = await store.erasures.take(now(), later(lease));
      if (!due) return false;
      await passAndPlan(due._id, due.passes);
      return true;
    },
  };
}
