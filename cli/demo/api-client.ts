import { setTimeout as sleep } from 'node:timers/promises';
import type { EventProperties } from '../../domain/event-schemas';
import type { EventName } from '../../domain/events';
import type { OfferInput } from '../../domain/offer-schemas';
import type { Slot } from '../../domain/offers';
import type { Person } from './people';

/** A call of Segment's API, as the demonstration makes them. */
export type TrackingItem = {
  readonly messageId: string;
  readonly userId: string;
  /** RFC 3339. */
  readonly timestamp: string;
} & (
  | { readonly type: 'identify'; readonly traits: Readonly<Record<string, unknown>> }
  | { readonly type: 'page'; readonly name: string }
  | { readonly type: 'track'; readonly event: string; readonly properties: object }
);

/** An event with its properties. */
export type Happening = { [Name in EventName]: { name: Name; properties: EventProperties[Name] } }[EventName];

/** What a decision gave. */
export interface DecisionAnswer {
  readonly decisionId: string;
  readonly offers: readonly { readonly offerId: string }[];
}

/** A running system's HTTP API, as a dealership's web shop and workshop would call it. */
export interface ApiClient {
  /** Sends calls in the order given, in batches. */
  track(items: readonly TrackingItem[]): Promise<void>;
  signUp(person: Person): Promise<void>;
  putOffer(id: string, body: OfferInput): Promise<void>;
  decide(customerId: string, slot: Slot): Promise<DecisionAnswer>;
  answerOffer(
    decisionId: string,
    offerId: string,
    response: 'viewed' | 'accepted' | 'dismissed',
  ): Promise<void>;
  /** Says whom of the team an alert of journeys reaches. */
  putAlert(name: string, emails: readonly string[]): Promise<void>;
  /** Posts to a public link: nothing, as a mail program does to unsubscribe, or what a form there asks for. */
  press(url: string, form?: Readonly<Record<string, string>>): Promise<void>;
}

/** Most calls in one batch. */
const batchSize = 500;
/** How long one answer is waited for, milliseconds. */
const patience = 30_000;
/** Milliseconds before a call is made again that a part of the system could not take. */
const pauses = [200, 1_000, 3_000];

/**
 * Makes a client. A call that the system can't take now is made again: nothing is done twice by it.
 *
 * @throws Error from each call that is refused: method, path, status and the problem's code, never what was sent
 */
export function createApiClient(
  origin: string,
  keys: { readonly write: string; readonly admin: string },
): ApiClient {
  async function call(key: string, method: string, path: string, body: unknown): Promise<unknown> {
    const response = await patiently(() =>
      fetch(origin + path, {
        method,
        headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
        body: JSON.stringify(body),
        signal: AbortSignal.timeout(patience),
      }),
    );
    const answer = parsed(await response.text());
    if (response.ok) return answer;
    const { code = '', detail = '' } = answer as { readonly code?: string; readonly detail?: string };
    throw new Error(`${method} ${path} was answered ${response.status} ${code} ${detail}`.trim());
  }
  const path = (...parts: readonly string[]) => `/v1/${parts.map(encodeURIComponent).join('/')}`;

  return {
    async track(items) {
      for (let i = 0; i < items.length; i += batchSize) {
        const batch = items.slice(i, i + batchSize);
        const answer = (await call(keys.write, 'POST', '/v1/batch', { batch })) as { rejected?: unknown };
        if (answer.rejected !== undefined)
          throw new Error(`POST /v1/batch rejected calls: ${JSON.stringify(answer.rejected)}`);
      }
    },
    async signUp({ id, firstName, lastName, email, phone, locale, timeZone, consent, tier }) {
      const contact = { email, ...(phone !== undefined && { phone }) };
      const about = { id, firstName, lastName, locale, timeZone, consent, attributes: { tier } };
      await call(keys.write, 'POST', '/v1/customers', { ...about, ...contact });
    },
    async putOffer(id, body) {
      await call(keys.admin, 'PUT', path('offers', id), body);
    },
    async decide(customerId, slot) {
      return (await call(keys.admin, 'POST', '/v1/decisions', { customerId, slot })) as DecisionAnswer;
    },
    async answerOffer(decisionId, offerId, response) {
      await call(keys.admin, 'POST', path('decisions', decisionId, 'outcomes'), { offerId, response });
    },
    async putAlert(name, emails) {
      await call(keys.admin, 'PUT', path('alerts', name), { emails });
    },
    async press(url, form) {
      const response = await fetch(url, {
        method: 'POST',
        ...(form && { body: new URLSearchParams(form) }),
        signal: AbortSignal.timeout(patience),
      });
      await response.arrayBuffer();
      if (!response.ok) throw new Error(`A public link was answered ${response.status}.`);
    },
  };
}

/** Asks again, a few times, where the answer is that something is amiss on the other side. */
async function patiently(ask: () => Promise<Response>): Promise<Response> {
  for (const pause of pauses) {
    const response = await ask();
    if (response.status < 500) return response;
    await response.arrayBuffer();
    await sleep(pause);
  }
  return ask();
}

function parsed(text: string): object {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? value : {};
  } catch {
    return {};
  }
}
