import { createHash, createHmac } from 'node:crypto';
import type { FastifyRequest } from 'fastify';
import type { ConsentProof } from '../domain/consent';

/**
 * What a request of a person's browser leaves as proof: the page, and its network address as a mark that only the
 * installation's secret can make again, so that a claim can be checked and nobody be found by it.
 */
export function requestProof(request: FastifyRequest, secret: string, page: string): ConsentProof {
  const address = createHmac('sha256', secret).update(`ip:${request.ip}`).digest('base64url').slice(0, 22);
  return { page, address };
}

/** The version of a wording: it changes with every letter. */
export function textVersionOf(name: string, words: readonly string[]): string {
  return `${name}-${createHash('sha256').update(words.join('\n')).digest('hex').slice(0, 8)}`;
}
