import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { featureSpace } from '../../activities/decisions/features';
import { offerModels } from '../../activities/decisions/model';
import { locales, nearestLocale, type Locale } from '../../domain/locale';
import { progress } from '../../store/messages';
import { createLock } from '../authentication';
import { problem } from '../errors';
import type { ApiServer, Parts } from '../parts';
import { recently } from '../recently';
import { administrationRoutes } from './administration';
import { broadcastConsole } from './broadcasts';
import { customerConsole } from './customers';
import { decisionPage } from './decision-page';
import { deliveryConsole } from './deliveries';
import { formatIn } from './format';
import { journeyConsole } from './journeys';
import { measuresConsole } from './measures';
import { modelsPage } from './models-page';
import { sendConsole, sendLogin, type Desk } from './layout';
import { overviewPage } from './overview';
import { resultsConsole } from './results';
import { cookieNamed, createSessions } from './session';
import { consoleWords } from './words';

const nightsOnPage = 30;
const hide = true;

/** Who logs in goes on to a page of the console, and nowhere else. */
const loginForm = z.object({
  key: z.string().max(256),
  to: z
    .string()
    .max(2_048)
    .regex(/^\/(console\/[\x21-\x7e]*)?$/)
    .catch('/'),
});
const languageCookie = 'perene_lang';
const pageQuery = z.object({ key: z.string().max(256).optional() });

/**
 * The console: pages for the team, made on the server, without scripts. What reads whole collections is asked seldom.
 */
export function consoleRoutes(app: ApiServer, parts: Parts): void {
  const { configuration, store, journeys, figures, now } = parts;
  const sessions = createSessions(configuration);
  const opens = createLock(configuration.keys);
  const often = { staleness: 10_000, now, isCostly: true } as const;
  const seldom = { staleness: 60_000, now, isCostly: true } as const;
  const customerCount = recently(() => store.customers.collection.estimatedDocumentCount(), seldom);
  const eventCount = recently(() => store.events.collection.estimatedDocumentCount(), seldom);
  const messageCounts = recently(() => store.messages.counts(), often);
  const latestMessages = recently(
    () => store.messages.collection.find().sort({ createdAt: -1 }).limit(20).toArray(),
    often,
  );

  /** Lets only the team pass, and only from our own pages; others see the login. Takes the choice of a language too. */
  const onlyTeam = async (request: FastifyRequest, reply: FastifyReply) => {
    if (request.method === 'POST' && isFromElsewhere(request, configuration.http.publicUrl)) {
      throw problem('forbidden', 'Another site may not do this.');
    }
    const lang = addressOf(request).searchParams.get('lang');
    const language = locales.find((locale) => locale === lang);
    if (request.method === 'GET' && language) return chooseLanguage(request, reply, language);
    request.isOfTeam = sessions.isOpen(request.headers.cookie, now());
    if (request.isOfTeam) return;
    const desk = deskFor(request, parts);
    await sendLogin(reply, desk, { to: request.method === 'GET' ? desk.page : '/' });
  };

  app.get('/', { schema: { hide, querystring: pageQuery } }, async (request, reply) => {
    const { key } = request.query;
    if (key !== undefined && opens('admin', key)) {
      return reply.header('set-cookie', sessions.begin(now())).redirect('/', 303);
    }
    await onlyTeam(request, reply);
    if (reply.sent) return reply;
    const desk = deskFor(request, parts);
    const [customers, events, counts, paused, offers, messages, numbers] = await Promise.all([
      customerCount(),
      eventCount(),
      messageCounts(),
      store.journeys.paused(),
      store.offers.list(),
      latestMessages(),
      Promise.all(journeys.map(({ name }) => figures.of(name))),
    ]);
    const sent = counts.filter(({ state }) => (progress as readonly string[]).includes(state));
    const body = overviewPage(desk, {
      customers,
      events,
      sent: sent.reduce((sum, { count }) => sum + count, 0),
      journeys: journeys.flatMap((journey, i) => {
        const each = numbers[i];
        return each ? [{ journey, figures: each, paused: paused.has(journey.name) }] : [];
      }),
      messages,
      offers,
    });
    return sendConsole(reply, desk, { title: desk.words.overview, body, changes: true });
  });

  app.get('/console/models', { onRequest: onlyTeam, schema: { hide } }, async (request, reply) => {
    const [latest, retrainings, offers] = await Promise.all([
      offerModels(store).latest(),
      store.retrainings.latest(nightsOnPage),
      store.offers.list(),
    ]);
    const desk = deskFor(request, parts);
    const body = modelsPage(desk, { latest, retrainings, space: featureSpace(offers) });
    return sendConsole(reply, desk, { title: desk.words.models, body });
  });

  app.get(
    '/console/decisions',
    { onRequest: onlyTeam, schema: { hide, querystring: z.object({ id: z.string().max(512) }) } },
    async (request, reply) => {
      const { id } = request.query;
      const decision = await store.decisions.find(id);
      if (!decision) throw problem('not-found', 'No decision has this id.');
      const [catalogue, offers] = await Promise.all([
        store.catalogues.find(decision.field.catalogue),
        store.offers.list(),
      ]);
      const desk = deskFor(request, parts);
      const space = featureSpace(catalogue?.offers ?? offers);
      const body = decisionPage(desk, { decision, catalogue, offers, space });
      return sendConsole(reply, desk, { title: desk.words.kinds.decision, body });
    },
  );
  const reception = { onlyTeam, deskFor: (request: FastifyRequest) => deskFor(request, parts) };
  administrationRoutes(app, parts, reception);
  journeyConsole(app, parts, reception);
  customerConsole(app, parts, reception);
  broadcastConsole(app, parts, reception);
  deliveryConsole(app, parts, reception);
  measuresConsole(app, parts, reception);
  resultsConsole(app, parts, reception);

  app.post('/console/login', { schema: { hide, body: loginForm } }, async (request, reply) => {
    if (!opens('admin', request.body.key)) {
      return sendLogin(reply, deskFor(request, parts), { to: request.body.to, isWrong: true });
    }
    return reply.header('set-cookie', sessions.begin(now())).redirect(request.body.to, 303);
  });

  app.post('/console/logout', { schema: { hide } }, async (_request, reply) =>
    reply.header('set-cookie', sessions.end()).redirect('/', 303),
  );
}

/** Browsers say where a form was sent from; the cookie's `SameSite` keeps other sites out where one does not. */
function isFromElsewhere({ headers, host }: FastifyRequest, publicUrl: string): boolean {
  const { origin } = headers;
  const ours = [new URL(publicUrl).origin, `http://${host}`, `https://${host}`];
  return (
    headers['sec-fetch-site'] === 'cross-site' ||
    headers['sec-fetch-site'] === 'same-site' ||
    (origin !== undefined && !ours.includes(origin))
  );
}

/** Keeps the language and leads back to the page on which it was chosen. */
async function chooseLanguage(request: FastifyRequest, reply: FastifyReply, lang: Locale): Promise<void> {
  await reply
    .header('set-cookie', `${languageCookie}=${lang}; Path=/; Max-Age=31536000; SameSite=Lax`)
    .redirect(pageOf(request), 303);
}

const addressOf = ({ url }: FastifyRequest): URL => new URL(url, 'http://console');

/** The path and query of the page that a request asks for, without a choice of language or a key. */
function pageOf(request: FastifyRequest): string {
  const { pathname, searchParams } = addressOf(request);
  for (const name of ['lang', 'key']) searchParams.delete(name);
  return searchParams.size === 0 ? pathname : `${pathname}?${searchParams.toString()}`;
}

/** What a page is written with: the language chosen, else the browser's, else the business's. */
function deskFor(request: FastifyRequest, { configuration, now }: Parts): Desk {
  const { locale: fallback, timeZone } = configuration.business;
  const chosen = cookieNamed(request.headers.cookie, languageCookie);
  const browser = request.headers['accept-language']?.split(/[,;]/)[0];
  const locale = nearestLocale(chosen ?? browser, fallback);
  const at = now();
  return {
    locale,
    words: consoleWords[locale],
    format: formatIn(locale, { timeZone, now: at }),
    configuration,
    now: at,
    page: pageOf(request),
    isLive: addressOf(request).searchParams.get('live') === 'yes',
  };
}
