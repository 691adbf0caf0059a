import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

/** The address that every embedded server listens on. */
export const loopback = '127.0.0.1';

/** Below the ports that systems give to connections and to servers that ask for any: nobody else takes these by chance. */
const range = { first: 10_240, end: 32_768 } as const;

/** Ports that nothing listens on at this moment, all different, in no order. */
export async function freePorts(count: number): Promise<number[]> {
  const ports = new Set<number>();
  while (ports.size < count) {
    const port = randomInt(range.first, range.end);
    if (!ports.has(port) && (await isFree(port))) ports.add(port);
  }
  return [...ports];
}

/** Whether a server could listen at a port, on loopback and on every interface. */
export async function isFree(port: number): Promise<boolean> {
  for (const host of [loopback, '0.0.0.0', '::']) if (!(await canListen(host, port))) return false;
  return true;
}

function canListen(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) =>
      resolve(error.code === 'EAFNOSUPPORT' || error.code === 'EADDRNOTAVAIL'),
    );
    server.listen({ host, port }, () => server.close(() => resolve(true)));
  });
}
