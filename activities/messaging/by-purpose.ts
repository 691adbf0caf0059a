import type { Purpose } from '../../domain/messages';
import type { Messaging } from './messaging';
import { planMessage } from './plan';

/**
 * Sends each message by the line of its purpose. Lines that share no queue of their own do not hold each other up: a
 * broadcast fills that of marketing only.
 */
export function createByPurpose(lines: Readonly<Record<Purpose, Messaging>>): Messaging {
  // A template that nobody knows is the message's own failure, so it rejects like any other.
  return { send: async (request, aside) => lines[planMessage(request).purpose].send(request, aside) };
}
