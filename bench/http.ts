import { Agent, request } from 'node:http';
import { text } from 'node:stream/consumers';

/** Calls Perene as its users do. Each gives the answer's body, parsed. */
export interface Http {
  /** Posts with the write key. */
  post(path: string, body: object): Promise<unknown>;
  /** Calls with the admin key. */
  admin(method: 'GET' | 'POST' | 'PUT', path: string, body?: object): Promise<unknown>;
}

export interface HttpOptions {
  readonly origin: string;
  readonly writeKey: string;
  readonly adminKey: string;
}

/** Node's plain client over connections that are kept: what it costs is not what is measured. */
export function createHttp({ origin, writeKey, adminKey }: HttpOptions): Http {
  const agent = new Agent({ keepAlive: true });
  const call = (key: string, method: string, path: string, body?: object): Promise<unknown> =>
    new Promise((resolve, reject) => {
      const headers = {
        authorization: `Bearer ${key}`,
        ...(body && { 'content-type': 'application/json' }),
      };
      const sent = request(origin + path, { method, agent, headers }, (response) => {
        const { statusCode = 0 } = response;
        text(response).then((answer) => {
          if (statusCode >= 400) reject(new Error(`${method} ${path}: ${statusCode} ${answer}`));
          else resolve(answer === '' ? undefined : JSON.parse(answer));
        }, reject);
      });
      sent.on('error', reject);
      sent.end(body && JSON.stringify(body));
    });
  return {
    post: (path, body) => call(writeKey, 'POST', path, body),
    admin: (method, path, body) => call(adminKey, method, path, body),
  };
}
