import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { readLink, signLink } from '../../activities/messaging/links';
import type { Locale } from '../../domain/locale';
import { channels, topics, type Channel, type Topic } from '../../domain/messages';
import type { CustomerDocument } from '../../store/customers';
import { html, type Html } from '../pages/html';
import { page, readerOf, sendInvalid } from '../pages/reader';
import { publicWords } from '../pages/public-words';
import type { ApiServer, Parts } from '../parts';
import { requestProof } from '../consent-proof';
import { recordConsents } from '../../store/consent-ledger';
import { confirmationRoutes } from './confirmation';
import { surveyPageRoutes } from './survey-page';
import { preferencesText } from '../pages/public-words';
import { sendsUnderWay } from '../revocation';
import { addressOf, readPreferences, savePreferences, type ChannelPreferences } from '../preferences';

const params = z.object({ token: z.string().max(1_024) });

/** Pages behind the signed links in messages: whoever holds the message needs no login. */
export function publicRoutes(app: ApiServer, parts: Parts): void {
  void app.register(async (scope) => {
    // Mail programs post the one-click form in any encoding; the token says all that counts.
    scope.addContentTypeParser(['multipart/form-data'], (_request, body, done) => {
      body.resume().on('end', () => done(null, {}));
    });
    unsubscribeRoutes(scope.withTypeProvider(), parts);
    preferenceRoutes(scope.withTypeProvider(), parts);
    confirmationRoutes(scope.withTypeProvider(), parts);
    surveyPageRoutes(scope.withTypeProvider(), parts);
  });
}

function unsubscribeRoutes(app: ApiServer, { configuration, store, now }: Parts): void {
  const { secret } = configuration.keys;
  const schema = { hide: true, params };

  app.get('/u/:token', { schema }, async (request, reply) => {
    const link = readLink('unsubscribe', request.params.token, secret);
    if (!link) return sendInvalid(reply, configuration, request.headers['accept-language']);
    const reader = readerOf(await store.customers.find(link.customerId), configuration);
    const words = publicWords[reader.locale];
    const { ask, act, title } = words.unsubscribe;
    const topic = words.topics[link.topic].name;
    return page(
      reply,
      reader,
      title,
      html`<h1>${ask(topic, words.channels[link.channel])}</h1>
        <p class="soft">${words.topics[link.topic].about}</p>
        <form method="post"><button>${act}</button></form>`,
    );
  });

  app.post('/u/:token', { schema }, async (request, reply) => {
    const link = readLink('unsubscribe', request.params.token, secret);
    if (!link) return sendInvalid(reply, configuration, request.headers['accept-language']);
    const { customerId, channel, topic: about } = link;
    const customer = await store.customers.find(customerId);
    if (customer) {
      const at = now();
      const proof = { ...requestProof(request, secret, '/u/'), oneClick: isOneClick(request.body) };
      const said = { channel, topic: about, state: 'revoked', at, source: 'unsubscribe', proof } as const;
      await recordConsents(store, [{ customerId, statements: [said] }], at);
      const address = addressOf(customer, channel);
      if (address) await store.suppressions.unsubscribe(address, about, at);
      await sendsUnderWay(store, customerId, channel);
    }
    const reader = readerOf(customer, configuration);
    const words = publicWords[reader.locale];
    const { done, doneText } = words.unsubscribe;
    const topic = words.topics[link.topic].name;
    const preferences = signLink({ kind: 'preferences', customerId: link.customerId }, secret);
    return page(
      reply,
      reader,
      done,
      html`<h1>${done}</h1>
        <p>${doneText(topic, words.channels[link.channel])}</p>
        <p><a href="/p/${preferences}">${words.preferences.link}</a></p>`,
    );
  });
}

/** Whether a mail program posted for the person (RFC 8058), not the person from our page. */
const isOneClick = (body: unknown): boolean =>
  typeof body !== 'object' || body === null || Object.keys(body).length === 0 || 'List-Unsubscribe' in body;

function preferenceRoutes(app: ApiServer, { configuration, store, now }: Parts): void {
  const { secret } = configuration.keys;
  const schema = { hide: true, params };

  app.get('/p/:token', { schema }, async (request, reply) => {
    const link = readLink('preferences', request.params.token, secret);
    if (!link) return sendInvalid(reply, configuration, request.headers['accept-language']);
    const customer = await store.customers.find(link.customerId);
    return preferencesPage(reply, customer, customer ? await readPreferences(store, customer) : [], false);
  });

  app.post('/p/:token', { schema }, async (request, reply) => {
    const link = readLink('preferences', request.params.token, secret);
    if (!link) return sendInvalid(reply, configuration, request.headers['accept-language']);
    const customer = await store.customers.find(link.customerId);
    if (customer) {
      const { locale } = readerOf(customer, configuration);
      const tracking = trackingIn(request.body);
      if (tracking !== undefined)
        await store.customers.saveProfiles([{ id: customer._id, change: { tracking }, at: now() }]);
      await savePreferences(store, customer, {
        wanted: chosenIn(request.body),
        at: now(),
        textVersion: preferencesText(locale).version,
        proof: requestProof(request, secret, '/p/'),
      });
    }
    const changed = await store.customers.find(link.customerId);
    return preferencesPage(reply, changed, changed ? await readPreferences(store, changed) : [], true);
  });

  function preferencesPage(
    reply: FastifyReply,
    customer: CustomerDocument | null,
    preferences: readonly ChannelPreferences[],
    isSaved: boolean,
  ): FastifyReply {
    const reader = readerOf(customer, configuration);
    const { preferences: words } = publicWords[reader.locale];
    const isMeasured = configuration.tracking ? customer?.tracking !== false : undefined;
    return page(
      reply,
      reader,
      words.title,
      html`${isSaved && html`<p class="done" role="status">${words.saved}</p>`}
        <h1>${words.title}</h1>
        ${preferences.length === 0 ? html`<p>${words.nothing}</p>` : preferencesForm(reader.locale, preferences, isMeasured)}`,
    );
  }
}

/** @param isMeasured whether openings and clicks are recorded; undefined where the business records none */
function preferencesForm(
  locale: Locale,
  preferences: readonly ChannelPreferences[],
  isMeasured: boolean | undefined,
): Html {
  const words = publicWords[locale];
  const { consent, version } = preferencesText(locale);
  return html`<p class="soft">${words.preferences.intro}</p>
    <form method="post">
      ${preferences.map(
        ({ channel, blocked, wanted }) =>
          html`<h2>${words.channels[channel]}</h2>
            ${
              blocked
                ? html`<p class="soft">${words.preferences.stopped}</p>`
                : topics.map(
                    (topic) =>
                      html`<label>
                        <input
                          type="checkbox"
                          name="${channel}.${topic}"
                          ${wanted.has(topic) && html`checked`}
                        />
                        <span>${words.topics[topic].name}<small>${words.topics[topic].about}</small></span>
                      </label>`,
                  )
            }
            ${!blocked && html`<input type="hidden" name="${channel}" value="shown" />`}`,
      )}
      ${
        isMeasured !== undefined &&
        html`<h2>${words.preferences.measuring}</h2>
          <label>
            <input type="checkbox" name="measure" ${isMeasured && html`checked`} />
            <span>${words.preferences.measure}<small>${words.preferences.measureAbout}</small></span>
          </label>
          <input type="hidden" name="measuring" value="shown" />`
      }
      <p class="soft">${consent} <span class="version">${words.preferences.version}: ${version}</span></p>
      <button>${words.preferences.save}</button>
      <button class="quiet" name="none" value="yes">${words.preferences.none}</button>
    </form>`;
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
