import { createServer } from 'node:net';

/** The address that every embedded server listens on. */
export const loopback = '127.0.0.1';

/** Ports of loopback that nothing listens on at this moment, all different. */
export async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer());
  const ports = await Promise.all(
    servers.map(
      (server) =>
        new Promise<number>((resolve, reject) => {
          server.once('error', reject);
          server.listen(0, loopback, () => {
            const address = server.address();
            if (address === null || typeof address === 'string') reject(new Error('a TCP server has a port'));
            else resolve(address.port);
          });
        }),
    ),
  );
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
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
