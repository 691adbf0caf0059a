import { z } from 'zod';
import { consentSources, consentStates, type ConsentStatement } from '../../domain/consent';
import { customerId } from '../../domain/customer-schemas';
import { instantText } from '../../domain/instant-schemas';
import { channels, topics } from '../../domain/messages';
import type { ConsentEntry } from '../../store/consent-chain';
import { recordConsents } from '../../store/consent-ledger';
import { verifyConsents } from '../../store/consent-verdict';
import { importConsents } from '../consent-import';
import { requireKey } from '../authentication';
import { problem, problemSchema } from '../errors';
import type { CustomerDocument } from '../../store/customers';
import type { ApiServer, Parts } from '../parts';
import { pauseEnd } from '../pause';
import { sendsUnderWay } from '../revocation';
import { consentSchema, customerBody } from './customer-body';

const params = z.object({ id: customerId });
const topic = z.enum([...topics, 'all']);
const proof = z.record(z.string(), z.union([z.string(), z.number(), z.boolean()]));

const entrySchema = z.object({
  seq: z.number().int(),
  channel: z.enum(channels),
  topic,
  state: z.enum(consentStates),
  at: z.string().describe('When they said it, RFC 3339'),
  recordedAt: z.string(),
  source: z.enum(consentSources),
  until: z.string().optional().describe('The end of a pause'),
  textVersion: z.string().optional().describe('Which wording they said it to'),
  proof: proof.optional().describe('Absent where there is none or it was erased'),
  proofHash: z.string().optional().describe('HMAC-SHA256 of the proof under its salt'),
  previous: z.string(),
  hash: z.string().describe('SHA-256 of this entry and the hash before it'),
});

const ledgerSchema = z.object({
  customerId: z.string(),
  current: z.partialRecord(z.enum(channels), consentSchema),
  verified: z.boolean().describe('Whether nothing in the ledger was changed, removed or put elsewhere'),
  broken: z
    .object({ seq: z.number().int(), reason: z.string() })
    .optional()
    .describe('The first entry that is not as it was written'),
  entries: z.array(entrySchema),
});

const shown = {
  channel: z.enum(channels),
  textVersion: z.string().max(64).optional(),
  proof: z
    .record(z.string().regex(/^[A-Za-z][\w-]{0,31}$/), z.string().max(512))
    .refine((given) => Object.keys(given).length <= 10, 'at most 10 fields')
    .optional()
    .describe('What shows it: a form, a call, a ticket. As little of the person as will do'),
};
const statementSchema = z.discriminatedUnion('state', [
  z.strictObject({ ...shown, state: z.enum(['given', 'revoked']), topic: topic.default('all') }),
  z.strictObject({
    ...shown,
    state: z.literal('paused'),
    until: instantText.optional().describe('When marketing goes on; in thirty days where it is missing'),
  }),
  z.strictObject({ ...shown, state: z.literal('resumed') }),
]);

/** Most bytes of an import. */
const importLimit = 10 * 1_048_576;

const importSchema = z.object({
  rows: z.number().int(),
  recorded: z.number().int(),
  outdated: z.number().int().describe('Recorded as a proof; something said later stands'),
  repeated: z.number().int().describe('Imported before'),
  refused: z.number().int(),
  refusals: z
    .array(z.object({ line: z.number().int(), reason: z.string() }))
    .describe('The first hundred refused rows'),
});

const outcome = z.enum(['recorded', 'unchanged', 'repeated', 'outdated']);

/** What customers said of marketing, and the proof that the ledger of it is whole. */
export function consentRoutes(app: ApiServer, { store, now }: Parts): void {
  const onRequest = requireKey('admin');
  const tags = ['Consent'];

  app.get(
    '/v1/customers/:id/consent',
    {
      onRequest,
      schema: {
        tags,
        summary: 'Shows what a customer said of marketing, and whether the ledger of it is whole',
        params,
        response: { 200: ledgerSchema, '4xx': problemSchema },
      },
    },
    async (request) => {
      const { id } = request.params;
      const customer = await store.customers.find(id);
      const [{ verified, broken }, entries] = await Promise.all([
        verifyConsents(store, id),
        store.consents.ofCustomer(id),
      ]);
      if (!customer && entries.length === 0) throw problem('not-found', 'No customer has this id.');
      return {
        customerId: id,
        current: customer ? customerBody(customer).consent : {},
        verified,
        ...(broken && { broken }),
        entries: entries.map(entryBody),
      };
    },
  );

  const importRoute = (scope: ApiServer): void => {
    scope.post(
      '/v1/consents/import',
      {
        onRequest,
        bodyLimit: importLimit,
        schema: {
          tags,
          summary: 'Takes over what customers said elsewhere, with its proof',
          description:
            'The body is CSV with a header, or a line of JSON for each statement: `customerId`, `channel`, `topic` (all where it is missing), `state` (`given` or `revoked`), `at`, `source`, `textVersion`, `proof`. Bad rows are named by their line and the others taken. The same again changes nothing; what somebody said later stands; who was erased stays so.',
          consumes: ['text/csv', 'application/x-ndjson'],
          response: { 200: importSchema, '4xx': problemSchema },
        },
      },
      async ({ body, headers }) => {
        if (typeof body !== 'string' || body.trim() === '')
          throw problem('invalid-request', 'Send the rows as the body.');
        const form = headers['content-type']?.startsWith('text/csv') === true ? 'csv' : 'ndjson';
        const { refusals, ...counts } = await importConsents(store, { text: body, form }, now());
        return { ...counts, refusals: [...refusals] };
      },
    );
  };

  void app.register(async (plain) => {
    plain.removeAllContentTypeParsers();
    plain.addContentTypeParser(
      ['text/csv', 'application/x-ndjson'],
      { parseAs: 'string' },
      (_request, body, done) => done(null, body),
    );
    importRoute(plain.withTypeProvider());
  });

  app.post(
    '/v1/customers/:id/consent',
    {
      onRequest,
      schema: {
        tags,
        summary: 'Records what a customer said of marketing to somebody of the business, a pause too',
        description:
          'A refusal or a pause is answered when nothing is on its way to the customer any more. A pause puts all marketing on the channel off, and leaves what was said yes to as it is. A statement that changes nothing makes no entry.',
        params,
        body: statementSchema,
        response: { 200: z.object({ outcome }), '4xx': problemSchema },
      },
    },
    async (request) => {
      const { id } = request.params;
      const { body } = request;
      const { channel, state, textVersion, proof: given } = body;
      const at = now();
      const customer = await store.customers.find(id);
      if (!customer) throw problem('not-found', 'No customer has this id.');
      const said: ConsentStatement = {
        ...{ channel, state, at, source: 'admin', topic: 'topic' in body ? body.topic : 'all' },
        ...(body.state === 'paused' && { until: endOf(body.until, customer, at) }),
        ...(textVersion !== undefined && { textVersion }),
        ...(given && { proof: given }),
      };
      const [[became = 'unchanged'] = []] = await recordConsents(
        store,
        [{ customerId: id, statements: [said] }],
        at,
      );
      if (became === 'customer-unknown') throw problem('not-found', 'No customer has this id.');
      if (became === 'customer-erased' || became === 'signed-up-before' || became === 'address-changed')
        throw problem('customer-erased');
      if (state === 'revoked' || state === 'paused') await sendsUnderWay(store, id, channel);
      return { outcome: became };
    },
  );
}

/** When a pause ends: where nobody says so, as one does that the person asks for. */
function endOf(until: string | undefined, customer: CustomerDocument, at: Date): Date {
  const end = until === undefined ? pauseEnd(customer, at) : new Date(until);
  if (end <= at) throw problem('invalid-request', 'until: is past; state resumed ends a pause.');
  return end;
}

function entryBody(entry: ConsentEntry): z.infer<typeof entrySchema> {
  const { seq, channel, topic: about, state, at, recordedAt, source, previous, hash } = entry;
  const { until, textVersion, proofHash, proof: shown } = entry;
  return {
    ...{ seq, channel, topic: about, state, source, previous, hash },
    at: at.toISOString(),
    recordedAt: recordedAt.toISOString(),
    ...(until && { until: until.toISOString() }),
    ...(textVersion !== undefined && { textVersion }),
    ...(shown && { proof: { ...shown } }),
    ...(proofHash !== undefined && { proofHash }),
  };
}
