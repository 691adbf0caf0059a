import { once } from 'node:events';
import { createServer as createHttp, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createHttps } from 'node:https';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

/** A call as the server took it. */
export interface ReceivedCall {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

/** A system that journeys call, on loopback. */
export interface HookServer {
  /** `http://127.0.0.1:<port>` or with `https`. */
  readonly url: string;
  readonly host: string;
  readonly received: ReceivedCall[];
  /** How the next calls are answered, one each; later ones with 204. */
  answer(...answers: ((reply: ServerResponse) => void)[]): void;
  close(): Promise<void>;
}

/** Starts one; with a key and a certificate it speaks TLS. */
export async function hookServer(tls?: { key: string; cert: string }): Promise<HookServer> {
  const received: ReceivedCall[] = [];
  const answers: ((reply: ServerResponse) => void)[] = [];
  const handle = async (request: IncomingMessage, reply: ServerResponse): Promise<void> => {
    const body = await text(request);
    received.push({ method: request.method ?? '', path: request.url ?? '', headers: request.headers, body });
    const answer = answers.shift() ?? ((plain: ServerResponse) => void plain.writeHead(204).end());
    answer(reply);
  };
  const server = tls
    ? createHttps(tls, (request, reply) => void handle(request, reply))
    : createHttp((request, reply) => void handle(request, reply));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const host = `127.0.0.1:${String((server.address() as AddressInfo).port)}`;
  return {
    url: `${tls ? 'https' : 'http'}://${host}`,
    host,
    received,
    answer: (...more) => void answers.push(...more),
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

/** An answer with a status and headers. */
export const status =
  (code: number, headers: Record<string, string> = {}) =>
  (reply: ServerResponse): void =>
    void reply.writeHead(code, headers).end();
