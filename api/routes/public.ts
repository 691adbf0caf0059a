import { z } from 'zod';
import { readLink, signLink } from '../../activities/messaging/links';
import { html } from '../pages/html';
import { unsubscribeBody } from '../pages/question-pages';
import { page, readerOf, sendInvalid } from '../pages/reader';
import { publicWords } from '../pages/public-words';
import type { ApiServer, Parts } from '../parts';
import { requestProof } from '../consent-proof';
import { recordConsents } from '../../store/consent-ledger';
import { confirmationRoutes } from './confirmation';
import { preferenceRoutes } from './preferences';
import { surveyPageRoutes } from './survey-page';
import { sendsUnderWay } from '../revocation';
import { addressOf } from '../preferences';

const params = z.object({ token: z.string() });

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
    return page(reply, reader, publicWords[reader.locale].unsubscribe.title, unsubscribeBody(reader, link));
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
