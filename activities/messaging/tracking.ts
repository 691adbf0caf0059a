import { createHmac, timingSafeEqual } from 'node:crypto';
import type { RenderedOffer } from '../../templates/render';
import type { LinksDocument } from '../../store/links';

/** Characters of a code: 72 bits. A link adds one digit. */
const codeLength = 12;
/** The code in a message's tracked links: the same for the same message, and not to be guessed. */
export const trackingCode = (messageId: string, secret: string): string =>
  createHmac('sha256', secret).update(`track:${messageId}`).digest('base64url').slice(0, codeLength);

/** What a tracked link names, and whether it is one of ours can be told from the message's id. */
export interface TrackedLink {
  readonly code: string;
  /** Which of the message's links. */
  readonly index: number;
}

/** Reads a token of `/c/` (code and digit) or `/o/` (code alone, index 0); null where it cannot be one. */
export function readTracked(token: string): TrackedLink | null {
  if (!/^[\w-]{12}\d?$/.test(token)) return null;
  return { code: token.slice(0, codeLength), index: Number(token.slice(codeLength)) };
}

/** Whether a code was made for a message with the secret. */
export function isCodeOf(code: string, messageId: string, secret: string): boolean {
  const expected = Buffer.from(trackingCode(messageId, secret));
  const given = Buffer.from(code);
  return given.length === expected.length && timingSafeEqual(given, expected);
}

/** Puts tracked links into one message, which lead on until `expireAt`. */
export function createTracked(
  messageId: string,
  {
    secret,
    publicUrl,
    expireAt,
  }: { readonly secret: string; readonly publicUrl: string; readonly expireAt: Date },
) {
  const code = trackingCode(messageId, secret);
  const urls: string[] = [];
  return {
    /** An offer whose address leads through us. */
    offer(offer: RenderedOffer): RenderedOffer {
      if (!/^https?:\/\//i.test(offer.url)) return offer;
      return { ...offer, url: `${publicUrl}/c/${code}${urls.push(offer.url) - 1}` };
    },
    /** HTML with the picture that tells of its opening. */
    html: (html: string): string =>
      html.replace(
        /(<\/body>(?![\s\S]*<\/body>))/,
        `<img src="${publicUrl}/o/${code}" alt="" width="1" height="1" style="display:block;border:0;width:1px;height:1px;">$1`,
      ),
    /** What must be stored before the message goes. */
    links: (): LinksDocument => ({ _id: code, messageId, urls, expireAt }),
  };
}
