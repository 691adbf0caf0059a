import { setTimeout as sleep } from 'node:timers/promises';
import type { Channel } from '../domain/messages';
import type { Store } from '../store/store';
import { problem } from './errors';

/** For how long an answer waits for a send, milliseconds; a mail server takes or refuses within it. */
const patience = 20_000;
const pace = 25;

/**
 * Resolves when no message to a customer on a channel is on its way to a provider. Call it after a refusal was recorded and
 * before it is acknowledged: what is claimed later sees the refusal, so nothing goes after the acknowledgement.
 *
 * @throws the problem `unavailable` where a send goes on for too long: the refusal stands, but is not acknowledged
 */
export async function sendsUnderWay(
  { messages }: Pick<Store, 'messages'>,
  customerId: string,
  channel: Channel,
): Promise<void> {
  const end = Date.now() + patience;
  while (await messages.isSending(customerId, channel, new Date())) {
    if (Date.now() > end)
      throw problem('unavailable', 'A message is under way. Please try again in a moment.');
    await sleep(pace);
  }
}
