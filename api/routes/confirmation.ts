import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { addressMark, readLink } from '../../activities/messaging/links';
import type { Topic } from '../../domain/messages';
import { recordConsents } from '../../store/consent-ledger';
import type { CustomerDocument } from '../../store/customers';
import type { Address } from '../../store/suppressions';
import { requestProof } from '../consent-proof';
import { consentEvent } from '../ingestion/consent-event';
import { confirmationText, publicWords } from '../pages/public-words';
import type { ApiServer, Parts } from '../parts';
import { addressOf } from '../preferences';
import { confirmationBody } from '../pages/question-pages';
import { note, page, readerOf, sendInvalid } from '../pages/reader';

const params = z.object({ token: z.string() });
const day = 86_400_000;

/** A request for marketing as a link names it, and what of it there is to confirm. */
interface Request {
  readonly customer: CustomerDocument;
  /** The one that the link was sent to. */
  readonly address: Address;
  readonly since: Date;
  /** None: it was confirmed, or taken back. */
  readonly topics: readonly Topic[];
}

/** The page on which somebody confirms that they asked for marketing by e-mail. Only its button does: programs open links too. */
export function confirmationRoutes(app: ApiServer, parts: Parts): void {
  const { configuration, store, ingestion, now } = parts;
  const { secret } = configuration.keys;
  const schema = { hide: true, params };

  /** Undefined for a link that is not ours, null for one that is over. */
  async function find(token: string): Promise<Request | null | undefined> {
    const link = readLink('confirm', token, secret);
    if (!link) return undefined;
    const customer = await store.customers.find(link.customerId);
    const address = customer && addressOf(customer, 'email');
    const isOver = now().getTime() - link.since > configuration.doubleOptIn.days * day;
    if (!address || isOver || addressMark(address.address, secret) !== link.mark) return null;
    const { awaiting, granted } = customer.consent.email ?? {};
    if (!awaiting && granted !== true) return null;
    return {
      customer,
      address,
      since: awaiting?.since ?? new Date(link.since),
      topics: awaiting?.topics ?? [],
    };
  }

  app.get('/k/:token', { schema }, async (request, reply) => {
    const found = await find(request.params.token);
    if (found === undefined) return sendInvalid(reply, configuration, request.headers['accept-language']);
    if (found === null) return overPage(reply, request.params.token);
    const reader = readerOf(found.customer, configuration);
    if (found.topics.length === 0) return donePage(reply, found.customer);
    const { title } = publicWords[reader.locale].confirm;
    return page(reply, reader, title, confirmationBody(reader, found.topics));
  });

  app.post('/k/:token', { schema }, async (request, reply) => {
    const found = await find(request.params.token);
    if (found === undefined) return sendInvalid(reply, configuration, request.headers['accept-language']);
    if (found === null) return overPage(reply, request.params.token);
    const { customer, address, since, topics } = found;
    const at = now();
    const { locale } = readerOf(customer, configuration);
    const statements = topics.map((topic) => ({
      ...{ channel: 'email' as const, topic, state: 'given' as const, at, source: 'confirmation' as const },
      textVersion: confirmationText(locale),
      proof: { ...requestProof(request, secret, '/k/'), requestedAt: since.toISOString() },
    }));
    const act = { customerId: customer._id, statements, from: address };
    const [outcomes = []] = await recordConsents(store, [act], at);
    const confirmed = topics.filter((_, index) => outcomes[index] === 'recorded');
    // Taken back, moved, or confirmed by another press, in between.
    if (confirmed.length === 0 && !(await find(request.params.token)))
      return overPage(reply, request.params.token);
    if (confirmed.length > 0) {
      for (const topic of [...confirmed, 'all'] as const) {
        await store.suppressions.resubscribe(address, topic, at);
      }
    }
    const about = { customerId: customer._id, channel: 'email', at: since } as const;
    await ingestion.accept([{ event: consentEvent('consent.confirmed', about) }]);
    return donePage(reply, customer);
  });

  function donePage(reply: FastifyReply, customer: CustomerDocument): FastifyReply {
    const reader = readerOf(customer, configuration);
    const { done, doneText } = publicWords[reader.locale].confirm;
    return note(reply, reader, { title: done, text: doneText });
  }

  async function overPage(reply: FastifyReply, token: string): Promise<FastifyReply> {
    const link = readLink('confirm', token, secret);
    const reader = readerOf(link && (await store.customers.find(link.customerId)), configuration);
    const { over, overText } = publicWords[reader.locale].confirm;
    return note(reply, reader, { title: over, text: overText });
  }
}
