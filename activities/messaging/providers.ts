/**
 * What became of handing a message to a provider. Reasons are short codes: they never quote what the provider said,
 * for it may repeat an address.
 */
export type Delivery =
  | {
      readonly outcome: 'accepted';
      readonly providerId: string;
      /** Which of several providers took it; absent where there is one. */
      readonly provider?: string;
    }
  /** Never: the provider will not take this message. `address` says when none to this address would be taken. */
  | {
      readonly outcome: 'refused';
      readonly reason: string;
      readonly address?: 'dead' | 'stopped' | 'invalid';
    }
  /** Not now, and surely not taken: the provider is out of reach, or only this recipient is (`recipient`). */
  | { readonly outcome: 'unavailable'; readonly reason: string; readonly scope: 'provider' | 'recipient' }
  /** The connection was lost after the message was handed over and before the answer. */
  | { readonly outcome: 'uncertain'; readonly reason: string };

/**
 * What a provider calls before a message may have been taken as a whole, and waits for: the message goes in the instant in
 * which it resolves. Where it rejects, the message must not go.
 */
export type BeforeTaking = () => Promise<void>;

/** For a message that may go at any instant. */
export const mayGo: BeforeTaking = () => Promise.resolve();

/** An e-mail, ready to go. */
export interface Email {
  readonly to: string;
  readonly subject: string;
  readonly html: string;
  readonly text: string;
  /** The Message-ID, with its angle brackets; the same however often the message is tried. */
  readonly mailId: string;
  /** Where one POST unsubscribes (RFC 8058); marketing has it. */
  readonly unsubscribe?: string;
  /** Goes after those that somebody waits for; marketing does. False by default. */
  readonly isBulk?: boolean;
}

/** Takes e-mails. Problems of a delivery are outcomes; it throws only where the program is wrong. */
export interface EmailProvider {
  readonly name: string;
  send(email: Email, beforeTaking: BeforeTaking): Promise<Delivery>;
  /** Ends its connections; a message in flight is finished first. */
  close(): void;
}

/** A text message, ready to go. */
export interface Sms {
  /** E.164. */
  readonly to: string;
  readonly body: string;
  /** Where the provider reports what became of it. */
  readonly statusCallback?: string;
}

/** Takes text messages, and can tell which ones it took. */
export interface SmsProvider {
  readonly name: string;
  send(sms: Sms, beforeTaking: BeforeTaking): Promise<Delivery>;
  /**
   * Messages taken for a number since an instant, or a code where the provider cannot say now.
   *
   * @param since real epoch milliseconds
   */
  taken(to: string, since: number): Promise<readonly TakenSms[] | { readonly unavailable: string }>;
}

/** A message as the provider remembers it. */
export interface TakenSms {
  readonly providerId: string;
  readonly body: string;
}
