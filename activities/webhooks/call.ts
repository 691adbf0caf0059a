import { lookup } from 'node:dns/promises';
import { request as requestHttp, type IncomingMessage } from 'node:http';
import { request as requestHttps } from 'node:https';
import type { LookupAddress } from 'node:dns';
import type { LookupFunction } from 'node:net';
import ipaddr from 'ipaddr.js';

/** What became of a call. Reasons are short codes. */
export type CallOutcome =
  | { readonly outcome: 'taken'; readonly status: number }
  /** Never: trying again would not help. */
  | { readonly outcome: 'refused'; readonly reason: string; readonly status?: number }
  /** The other side says that nobody is there any more. */
  | { readonly outcome: 'gone'; readonly status: number }
  /** Not now. `retryAfter` is what the other side asks for, milliseconds. */
  | {
      readonly outcome: 'unavailable';
      readonly reason: string;
      readonly status?: number;
      readonly retryAfter?: number;
    };

export type Call = (url: string, headers: Record<string, string>, body: string) => Promise<CallOutcome>;

export interface CallOptions {
  /** Hosts, as `host` or `host:port`, that may be called over plain HTTP and at addresses that are not public. */
  readonly trustedHosts: readonly string[];
  /** Addresses of a host name; the system's by default. Asked once for each call, which then goes to what it said. */
  readonly resolve?: (host: string) => Promise<readonly LookupAddress[]>;
  /** Longest time for a call until its answer begins, milliseconds. */
  readonly timeout?: number;
  /** Certificates (PEM) of authorities that are trusted instead of the system's. */
  readonly authorities?: string;
}

/** Longest time that the other side may ask us to wait, milliseconds. */
const longestRetryAfter = 86_400_000;

/**
 * Makes the function that POSTs JSON to another system. The name is resolved once and the connection goes to the addresses
 * that were judged, so that a name cannot change in between. Redirects are not followed, and of an answer only its status
 * and `Retry-After` are read: a long or slow body costs nothing.
 */
export function createCall({
  trustedHosts,
  resolve = (host) => lookup(host, { all: true }),
  timeout = 10_000,
  authorities,
}: CallOptions): Call {
  return async (address, headers, body) => {
    const url = new URL(address);
    const isTrusted = trustedHosts.includes(url.host) || trustedHosts.includes(url.hostname);
    const fault = faultIn(url, isTrusted);
    if (fault !== undefined) return { outcome: 'refused', reason: fault };
    const bare = url.hostname.replace(/^\[|\]$/g, '');
    let found: readonly LookupAddress[];
    try {
      found = ipaddr.isValid(bare)
        ? [{ address: bare, family: ipaddr.parse(bare).kind() === 'ipv6' ? 6 : 4 }]
        : await resolve(bare);
    } catch {
      return { outcome: 'unavailable', reason: 'name-not-found' };
    }
    if (found.length === 0) return { outcome: 'unavailable', reason: 'name-not-found' };
    if (!isTrusted && !found.every(({ address: each }) => isPublic(each))) {
      return { outcome: 'refused', reason: 'address-not-public' };
    }
    try {
      const answer = await post(url, { headers, body, timeout, authorities, lookup: pinned(found) });
      // Nothing of the body is of use to us.
      answer.destroy();
      return judged(answer);
    } catch (error) {
      return { outcome: 'unavailable', reason: reasonOf(error) };
    }
  };
}

/** Why an address is none that may be called; undefined where it may be. */
export function faultIn(url: URL, isTrusted: boolean): string | undefined {
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && isTrusted)) return 'not-https';
  return url.username !== '' || url.password !== '' ? 'credentials-in-address' : undefined;
}

/**
 * Whether an address is one of the public internet: not private, loopback, link-local (where clouds serve their metadata),
 * carrier-grade NAT, reserved, or one of these inside an IPv6 address.
 */
export function isPublic(address: string): boolean {
  if (!ipaddr.isValid(address)) return false;
  const found = ipaddr.process(address);
  // What is public of IPv6 begins with the bits 001 (RFC 4291, section 2.4).
  const isOfInternet = found.kind() === 'ipv4' || ((found.toByteArray()[0] ?? 0) & 0xe0) === 0x20;
  return isOfInternet && found.range() === 'unicast';
}

interface Post {
  readonly headers: Record<string, string>;
  readonly body: string;
  readonly timeout: number;
  readonly authorities: string | undefined;
  readonly lookup: LookupFunction;
}

const post = (url: URL, { headers, body, timeout, authorities, lookup }: Post): Promise<IncomingMessage> =>
  new Promise((resolve, reject) => {
    const send = url.protocol === 'https:' ? requestHttps : requestHttp;
    const sending = send(url, {
      method: 'POST',
      agent: false,
      lookup,
      signal: AbortSignal.timeout(timeout),
      headers: { ...headers, 'content-length': String(Buffer.byteLength(body)) },
      ...(authorities !== undefined && { ca: authorities }),
    });
    sending.once('response', resolve).once('error', reject).end(body);
  });

/** A look-up that gives what was found before. */
const pinned =
  (found: readonly LookupAddress[]): LookupFunction =>
  (_host, options, callback) => {
    const [first] = found;
    if (options.all === true) callback(null, [...found]);
    else callback(null, first?.address ?? '', first?.family);
  };

function judged({ statusCode: status = 0, headers }: IncomingMessage): CallOutcome {
  if (status >= 200 && status < 300) return { outcome: 'taken', status };
  if (status >= 300 && status < 400) return { outcome: 'refused', reason: 'redirect', status };
  if (status === 410) return { outcome: 'gone', status };
  const reason = `http-${status}`;
  if (status >= 400 && status < 500 && status !== 408 && status !== 429) {
    return { outcome: 'refused', reason, status };
  }
  const retryAfter = delayIn(headers['retry-after']);
  return { outcome: 'unavailable', reason, status, ...(retryAfter !== undefined && { retryAfter }) };
}

/** Seconds, or a date (RFC 9110, section 10.2.3), as milliseconds from now. */
function delayIn(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const delay = /^\d+$/.test(text) ? Number(text) * 1_000 : Date.parse(text) - Date.now();
  return Number.isFinite(delay) ? Math.min(Math.max(delay, 0), longestRetryAfter) : undefined;
}

function reasonOf(error: unknown): string {
  const { code = '', name } = error as { readonly code?: string; readonly name: string };
  if (name === 'AbortError' || name === 'TimeoutError') return 'timeout';
  return /^(ERR_TLS|CERT|DEPTH|SELF|UNABLE)/.test(code) ? 'certificate' : 'connection';
}
