import { freePorts } from '../cli/embedded/ports';

/** More than there are processes that run tests. */
const parts = 8;

/** Ports that are free, and that no test file beside this one picks too before a server listens there. */
export async function ownPorts(count: number): Promise<number[]> {
  const part = Number(process.env['JEST_WORKER_ID'] ?? 0) % parts;
  const own = new Set<number>();
  while (own.size < count) {
    const [port = 0] = await freePorts(1);
    if (port % parts === part) own.add(port);
  }
  return [...own];
}
