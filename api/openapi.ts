import type { OpenAPIV3 } from 'openapi-types';
import type { Configuration } from '../domain/configuration';

/** The head of the OpenAPI document; its paths are made from the routes' schemas. */
export const description = ({ http }: Pick<Configuration, 'http'>): Partial<OpenAPIV3.Document> => ({
  openapi: '3.0.3',
  info: {
    title: 'Perene',
    version: '1',
    description: [
      "Runs a business's relationship with each customer for life.",
      'Errors are problem details (RFC 9457); `code` is stable. Amounts are in minor units (cents, centavos).',
      'Keys go in `Authorization: Basic <key>:` or `Bearer <key>`. The write key takes events and signups in; the admin key opens everything.',
    ].join('\n\n'),
  },
  servers: [{ url: http.publicUrl }],
  tags: [
    { name: 'Tracking', description: "Segment's HTTP tracking API: its official clients work unchanged." },
    { name: 'Customers', description: 'People and what happened to them.' },
    { name: 'Journeys', description: 'Who is where, and how it ends.' },
    { name: 'Broadcasts', description: 'One message to everybody in a segment.' },
    { name: 'Offers', description: 'The catalogue of offers.' },
    { name: 'Decisions', description: 'The next best offer for one customer, and what came of it.' },
    { name: 'Messages', description: 'What was sent, and what was not and why.' },
    { name: 'Deliveries', description: 'What journeys tell other systems and the team.' },
    { name: 'Webhooks', description: 'What providers tell.' },
    { name: 'Operations', description: 'Health and metrics.' },
  ],
  components: {
    securitySchemes: {
      basic: { type: 'http', scheme: 'basic', description: 'The key as user name, no password.' },
      bearer: { type: 'http', scheme: 'bearer' },
    },
  },
  security: [{ basic: [] }, { bearer: [] }],
});

const problemType = 'application/problem+json';

/**
 * Completes the document as it is made from the routes' schemas: problems have a media type of their own, every
 * operation may answer with one, and a 204 has no body.
 */
export function withProblems<Document extends object>(document: Document): Document {
  const { paths = {} } = document as Partial<OpenAPIV3.Document>;
  const operations = Object.values(paths).flatMap((path) =>
    [path?.get, path?.put, path?.post, path?.delete].filter((operation) => operation !== undefined),
  );
  for (const { responses } of operations) {
    const empty = responses['204'];
    if (empty && 'content' in empty) delete empty.content;
    const stated = responses['4XX'];
    const content = stated && 'content' in stated ? stated.content : undefined;
    const schema = content?.['application/json']?.schema;
    responses['4XX'] = {
      description: 'A problem (RFC 9457)',
      content: { [problemType]: { schema: schema ?? { type: 'object' } } },
    };
  }
  return document;
}
