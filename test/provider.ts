import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

/** What a provider was asked, and how it answers. */
export interface Provider {
  readonly url: string;
  readonly asked: { readonly line: string; readonly authorization?: string; readonly body: string }[];
  close(): Promise<void>;
}

/** A provider on a real socket; `answer` gives the status and the body. */
export async function provider(
  answer: (line: string, body: string) => readonly [number, unknown?],
): Promise<Provider> {
  const asked: Provider['asked'] = [];
  const server: Server = createServer((request: IncomingMessage, response) => {
    void text(request).then((body) => {
      const line = `${request.method ?? ''} ${request.url ?? ''}`;
      const { authorization } = request.headers;
      asked.push({ line, body, ...(authorization !== undefined && { authorization }) });
      const [status, content] = answer(line, body);
      response.writeHead(status, { 'content-type': 'application/json' });
      response.end(content === undefined ? undefined : JSON.stringify(content));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    asked,
    close: () => new Promise((resolve) => void server.close(() => resolve())),
  };
}
