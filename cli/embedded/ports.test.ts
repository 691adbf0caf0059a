import { createServer } from 'node:net';
import { portHolder } from './port-holder';
import { freePorts, isFree } from './ports';

async function listening(host: string, work: (port: number) => Promise<void>): Promise<void> {
  const [port = 0] = await freePorts(1);
  const server = createServer();
  await new Promise<void>((resolve) => server.listen({ host, port }, resolve));
  try {
    await work(port);
  } finally {
    await new Promise((resolve) => server.close(resolve));
  }
}

describe('ports', () => {
  it('gives as many different free ports as asked for', async () => {
    const ports = await freePorts(5);
    expect(new Set(ports).size).toBe(5);
    expect(await Promise.all(ports.map(isFree))).toEqual([true, true, true, true, true]);
  });

  it.each(['127.0.0.1', '0.0.0.0'])(
    'counts a port as taken by a server on %s, and names its process',
    async (host) => {
      await listening(host, async (port) => {
        expect(await isFree(port)).toBe(false);
        expect(await portHolder(port)).toMatch(new RegExp(`^process ${process.pid}: .*node`));
      });
    },
  );

  it('names nobody for a free port', async () => {
    const [port = 0] = await freePorts(1);
    expect(await portHolder(port)).toBeUndefined();
  });
});
