import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { zoneOf } from '../../activities/calendar';
import { addressMark, readLink } from '../../activities/messaging/links';
import { customerTime } from '../../domain/clock';
import { channels, topics, type Channel, type Topic } from '../../domain/messages';
import type { CustomerDocument } from '../../store/customers';
import { formatDate } from '../../templates/formats';
import { requestProof } from '../consent-proof';
import { consentEvent } from '../ingestion/consent-event';
import { preferencesBody } from '../pages/preferences-page';
import { preferencesText, publicWords } from '../pages/public-words';
import { page, readerOf, sendInvalid } from '../pages/reader';
import type { ApiServer, Parts } from '../parts';
import { endPause, pause, pausedUntil } from '../pause';
import { addressOf, readPreferences, savePreferences, type Said } from '../preferences';

const schema = { hide: true, params: z.object({ token: z.string() }) };

/** The page on which somebody chooses what they are sent, and pauses it. */
export function preferenceRoutes(app: ApiServer, { configuration, store, ingestion, now }: Parts): void {
  const { business, doubleOptIn, keys } = configuration;

  app.get('/p/:token', { schema }, async (request, reply) => {
    const link = readLink('preferences', request.params.token, keys.secret);
    if (!link) return sendInvalid(reply, configuration, request.headers['accept-language']);
    return preferencesPage(reply, await store.customers.find(link.customerId), false);
  });

  app.post('/p/:token', { schema }, async (request, reply) => {
    const link = readLink('preferences', request.params.token, keys.secret);
    if (!link) return sendInvalid(reply, configuration, request.headers['accept-language']);
    const customer = await store.customers.find(link.customerId);
    if (customer) {
      await change(customer, request.body, {
        at: now(),
        textVersion: preferencesText(readerOf(customer, configuration).locale).version,
        proof: requestProof(request, keys.secret, '/p/'),
        isFromMailbox: isMarked(customer, link.mark),
      });
    }
    // A pause that begins is told by the page itself.
    const isSaved = fieldOf(request.body, 'pause') !== 'begin';
    return preferencesPage(reply, await store.customers.find(link.customerId), isSaved);
  });

  /** Whether the link was sent to the mailbox that is the customer's today. */
  function isMarked(customer: CustomerDocument, mark: string | undefined): boolean {
    const mailbox = addressOf(customer, 'email')?.address;
    return mailbox !== undefined && addressMark(mailbox, keys.secret) === mark;
  }

  async function change(
    customer: CustomerDocument,
    body: unknown,
    said: Said & { readonly isFromMailbox: boolean },
  ): Promise<void> {
    const asked = fieldOf(body, 'pause');
    if (asked === 'begin') return pause(store, customer, said);
    if (asked === 'end') return endPause(store, customer, said);
    const tracking = trackingIn(body);
    if (tracking !== undefined)
      await store.customers.saveProfiles([{ id: customer._id, change: { tracking }, at: said.at }]);
    await savePreferences(store, customer, { ...said, doubleOptIn, wanted: chosenIn(body) });
    const stands = (await store.customers.find(customer._id))?.consent.email;
    const [before, after] = [customer.consent.email?.awaiting, stands?.awaiting];
    const about = { customerId: customer._id, channel: 'email' } as const;
    if (after)
      await ingestion.accept([{ event: consentEvent('consent.requested', { ...about, at: after.since }) }]);
    else if (before && stands?.granted === true)
      await ingestion.accept([{ event: consentEvent('consent.confirmed', { ...about, at: before.since }) }]);
  }

  async function preferencesPage(
    reply: FastifyReply,
    customer: CustomerDocument | null,
    isSaved: boolean,
  ): Promise<FastifyReply> {
    const reader = readerOf(customer, configuration);
    const until = customer && pausedUntil(customer, now());
    const dateOf = (instant: Date) =>
      formatDate(customerTime(customer?.clock, instant.getTime()), 'long', {
        locale: reader.locale,
        timeZone: zoneOf(customer?.timeZone, business.timeZone),
      });
    const body = preferencesBody(reader.locale, {
      preferences: customer ? await readPreferences(store, customer) : [],
      isMeasured: configuration.tracking ? customer?.tracking !== false : undefined,
      pausedUntil: until ? dateOf(until) : undefined,
      isSaved,
    });
    return page(reply, reader, publicWords[reader.locale].preferences.title, body);
  }
}

function fieldOf(body: unknown, name: string): unknown {
  return typeof body === 'object' && body !== null ? new Map(Object.entries(body)).get(name) : undefined;
}

/** What was chosen about measuring; undefined where the form did not ask. `none` is for messages, and leaves it as it was ticked. */
function trackingIn(body: unknown): boolean | undefined {
  if (typeof body !== 'object' || body === null || !('measuring' in body)) return undefined;
  return 'measure' in body;
}

/** The boxes that were ticked, for each channel that the form showed. */
function chosenIn(body: unknown): ReadonlyMap<Channel, ReadonlySet<Topic>> {
  const form = new Set(typeof body === 'object' && body !== null ? Object.keys(body) : []);
  return new Map(
    channels
      .filter((channel) => form.has(channel))
      .map((channel) => [
        channel,
        new Set(form.has('none') ? [] : topics.filter((topic) => form.has(`${channel}.${topic}`))),
      ]),
  );
}
