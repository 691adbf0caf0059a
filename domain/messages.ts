/** Ways to reach a person. */
export const channels = ['email', 'sms'] as const;
export type Channel = (typeof channels)[number];

/** What a person can unsubscribe from. */
export const topics = ['account', 'offers', 'service'] as const;
export type Topic = (typeof topics)[number];

/**
 * `transactional` answers the person's own act: it needs no consent and goes at any hour. `marketing` needs consent for
 * channel and topic, and keeps to send windows, quiet hours and contact caps.
 */
export type Purpose = 'transactional' | 'marketing';

/**
 * Where a message stands. `planned` is not yet due, `sending` is claimed by one attempt; `unknown` means that the
 * attempt that claimed it was lost and nobody can tell whether the provider took it.
 */
export type MessageState =
  | 'planned'
  | 'sending'
  | 'sent'
  | 'suppressed'
  | 'failed'
  | 'unknown'
  | 'delivered'
  | 'opened'
  | 'clicked'
  | 'replied'
  | 'bounced'
  | 'complained';

/** Why a message was not sent and never will be. */
export type SuppressionReason =
  | 'journey-stopped'
  | 'customer-erased'
  | 'customer-unknown'
  | 'no-address'
  | 'no-consent'
  /** The person wants no marketing for a while. */
  | 'paused'
  /** The request that it asks about was answered, taken back, or made anew. */
  | 'request-over'
  | 'suppression-list'
  | 'holdout'
  | 'contact-policy'
  /** The moment that a broadcast was to come at was over when the broadcast began. */
  | 'too-late'
  | 'broadcast-cancelled';

/** What a journey learns of a message it asked for. */
export type MessageResult =
  | { readonly state: 'sent' }
  | { readonly state: 'suppressed'; readonly reason: SuppressionReason }
  | { readonly state: 'failed'; readonly reason: string }
  | { readonly state: 'unknown' }
  /** The step was put into the journey after this customer had passed its place. */
  | { readonly state: 'skipped' };

/** Where a message stands, as those see it who only want to know whether it went. */
export type MessageGroup = 'waiting' | 'sent' | 'suppressed' | 'failed' | 'unknown';

/** The group of a state: whatever comes after the provider took the message counts as sent. */
export function groupOf(state: MessageState): MessageGroup {
  switch (state) {
    case 'planned':
    case 'sending':
      return 'waiting';
    case 'suppressed':
    case 'failed':
    case 'unknown':
      return state;
    case 'sent':
    case 'delivered':
    case 'bounced':
    case 'opened':
    case 'clicked':
    case 'replied':
    case 'complained':
      return 'sent';
    default:
      return state satisfies never;
  }
}
