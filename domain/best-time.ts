import type { Channel } from './messages';

/** How a moment was chosen. Ids and numbers only: it is journaled. */
export interface MessageTiming {
  /** The customer's local hour, 0 to 23. */
  readonly hour: number;
  /** Chance that this hour and channel were chosen, estimated by draws, with its standard error. */
  readonly probability: number;
  readonly probabilityError: number;
}

/** When a message is to reach somebody, and how. */
export interface BestTime extends MessageTiming {
  readonly channel: Channel;
  /** Real epoch milliseconds; not after now where there is nothing to wait for. */
  readonly at: number;
}
