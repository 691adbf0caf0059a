import type { MessageDocument } from '../store/messages';
import type { Arrival } from './ingestion/arrival';

/** Events that tell what a person or a mailbox did with a message of ours. */
export type MessageEventName =
  | 'message.opened'
  | 'message.clicked'
  | 'message.replied'
  | 'message.bounced'
  | 'message.complained'
  | 'survey.answered';

/** What an event about a message tells of it: ids and codes. */
export function aboutMessage(message: MessageDocument): Arrival['event']['properties'] {
  const { _id: messageId, channel, template, topic, offerId, decisionId } = message;
  return {
    messageId,
    channel,
    template,
    topic,
    ...(offerId !== undefined && { offerId }),
    ...(decisionId !== undefined && { decisionId }),
  };
}

/**
 * An event about a message, ready to be taken in.
 *
 * @param id the same for the same thing, so that it is taken in once
 */
export function messageEvent(
  message: MessageDocument,
  name: MessageEventName,
  { id, at, more = {} }: { readonly id: string; readonly at: Date; readonly more?: Record<string, unknown> },
): Arrival {
  return {
    event: {
      _id: id,
      name,
      customerId: message.customerId,
      properties: { ...aboutMessage(message), ...more },
      occurredAt: at,
    },
  };
}
