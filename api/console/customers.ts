import { z } from 'zod';
import { customerId } from '../../domain/customer-schemas';
import type { CustomerDocument } from '../../store/customers';
import { readTimeline } from '../../store/personal-data';
import { normalPhone } from '../ingestion/profile';
import type { ApiServer, Parts } from '../parts';
import { recently } from '../recently';
import { timelineCursor, timelinePlace } from '../routes/customer-history';
import { journeyParams } from '../routes/journeys';
import { takeOut } from '../take-out';
import type { Reception } from './administration';
import { customerPage } from './customer-page';
import { customerWords } from './customer-words';
import { customersPage } from './customers-page';
import { sendConsole } from './layout';

const hide = true;
const customersOnPage = 30;
const itemsOnPage = 200;
const enrolmentId = z.string().max(512);

/**
 * The console's pages of customers: finding one, and all that happened to them. Who is looked for stands in no address,
 * since addresses are kept by browsers and proxies.
 */
export function customerConsole(app: ApiServer, parts: Parts, { onlyTeam, deskFor }: Reception): void {
  const { configuration, store, now } = parts;
  const onRequest = onlyTeam;
  const latest = recently(() => store.customers.latest(customersOnPage, now()), {
    staleness: 10_000,
    now,
    isCostly: true,
  });

  /** Everybody with an id, an e-mail address or a phone number; an id also of somebody of whom only events are known. */
  async function find(who: string): Promise<readonly Pick<CustomerDocument, '_id'>[]> {
    const known = customerId.safeParse(who).success ? await store.customers.find(who) : null;
    if (known) return [known];
    const sharing = who.includes('@')
      ? await store.customers.withEmail(who)
      : await store.customers.withPhone(normalPhone(who, configuration.business.locale));
    if (sharing.length > 0) return sharing;
    return (await readTimeline(store, who, { limit: 1 })).map(() => ({ _id: who }));
  }

  app.get(
    '/console/customers',
    {
      onRequest,
      schema: {
        hide,
        querystring: z.object({
          id: customerId.optional(),
          behind: timelineCursor.optional(),
          out: enrolmentId.optional(),
        }),
      },
    },
    async (request, reply) => {
      const { id, behind, out } = request.query;
      const desk = deskFor(request);
      if (id === undefined) {
        const body = customersPage(desk, { customers: await latest(), isSearch: false });
        return sendConsole(reply, desk, { title: customerWords[desk.locale].title, body });
      }
      const [customer, items, run] = await Promise.all([
        store.customers.find(id),
        readTimeline(store, id, { limit: itemsOnPage, ...(behind && { behind }) }),
        out === undefined ? null : store.enrolments.find(out),
      ]);
      const last = items.length === itemsOnPage ? items.at(-1) : undefined;
      const body = customerPage(desk, {
        ...{ id, customer, items },
        ...(last && { next: timelinePlace(last) }),
        ...(run?.open === true && run.customerId === id && { leaves: run }),
      });
      return sendConsole(reply, desk, { title: id, body });
    },
  );

  app.post(
    '/console/customers',
    { onRequest, schema: { hide, body: z.object({ who: z.string().trim().max(254) }) } },
    async (request, reply) => {
      const found = await find(request.body.who);
      const [first] = found;
      if (first && found.length === 1) {
        return reply.redirect(`/console/customers?id=${encodeURIComponent(first._id)}`, 303);
      }
      const customers = await store.customers.findMany(found.map(({ _id }) => _id));
      const desk = deskFor(request);
      const body = customersPage(desk, { customers, isSearch: true });
      return sendConsole(reply, desk, { title: customerWords[desk.locale].title, body });
    },
  );

  app.post(
    '/console/journeys/:name/enrolments/:id/exit',
    { onRequest, schema: { hide, params: journeyParams.extend({ id: enrolmentId }) } },
    async (request, reply) => {
      const { name, id } = request.params;
      const run = await takeOut(parts, name, id);
      return reply.redirect(`/console/customers?id=${encodeURIComponent(run.customerId)}`, 303);
    },
  );
}
