import { DateTime } from 'luxon';
import type { Slot } from '../../domain/offers';
import type { MessageDocument } from '../../store/messages';
import type { Happening } from './api-client';

/** Something that a person does. */
export type Act =
  | { readonly kind: 'sign-up' }
  /** The dealership tells of somebody who has been its customer before, and of what they bought. */
  | { readonly kind: 'join' }
  | { readonly kind: 'tell'; readonly event: Happening }
  | { readonly kind: 'look'; readonly page: string }
  /** Opens a page that asks for the next best offer of a slot. */
  | { readonly kind: 'browse'; readonly slot: Slot }
  | {
      readonly kind: 'answer-offer';
      readonly decisionId: string;
      readonly offerId: string;
      readonly response: 'viewed' | 'accepted' | 'dismissed';
    }
  /** Answers the last text message. */
  | { readonly kind: 'text'; readonly body: string }
  /** Chooses a score on the page that a survey leads to. */
  | { readonly kind: 'answer-survey'; readonly messageId: string; readonly score: number }
  | { readonly kind: 'unsubscribe'; readonly from: Pick<MessageDocument, 'channel' | 'topic'> };

/** An act and when it is done, by the person's clock in epoch milliseconds. */
export interface Planned {
  readonly at: number;
  readonly act: Act;
}

/** Milliseconds of a person's clock. */
export const hour = 3_600_000;
export const day = 24 * hour;

/** Makes acts of somebody who sleeps from ten to eight in a zone: what they would do at night they do in the morning. */
export function actsIn(zone: string) {
  return {
    tell: (at: number, event: Happening): Planned => ({ at: awake(at, zone), act: { kind: 'tell', event } }),
    look: (at: number, page: string): Planned => ({ at: awake(at, zone), act: { kind: 'look', page } }),
  };
}

/** The instant itself between eight in the morning and ten at night of a zone, else one of the next morning. */
export function awake(at: number, zone: string): number {
  const local = DateTime.fromMillis(at, { zone });
  if (local.hour >= 8 && local.hour < 22) return at;
  const morning = (local.hour < 8 ? local : local.plus({ days: 1 })).startOf('day').plus({ hours: 8 });
  return morning.toMillis() + (at % (2 * hour));
}
