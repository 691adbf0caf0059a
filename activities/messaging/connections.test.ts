import { createConnections } from './connections';

const patient = new AbortController().signal;

/** Asks for a connection; `order` tells who got one, and each of those keeps it until it is called. */
function crowd(count: number) {
  const connections = createConnections(count);
  const order: string[] = [];
  const held = new Map<string, () => void>();
  return {
    order,
    ask: (name: string, signal = patient) =>
      connections.take(name.startsWith('bulk'), signal).then((done) => {
        order.push(done ? name : `${name} gave up`);
        if (done) held.set(name, done);
      }),
    end: async (name: string) => {
      held.get(name)?.();
      await new Promise((resolve) => setImmediate(resolve));
    },
  };
}

describe('connections', () => {
  it('keep one from messages in bulk, and let others go first', async () => {
    const { ask, end, order } = crowd(3);
    await Promise.all(['bulk-1', 'bulk-2'].map((name) => ask(name)));
    const later = ['bulk-3', 'bulk-4', 'urgent-1', 'urgent-2', 'urgent-3'].map((name) => ask(name));
    await end('nobody');
    expect(order).toEqual(['bulk-1', 'bulk-2', 'urgent-1']);
    await end('bulk-1');
    await end('urgent-1');
    expect(order.slice(3)).toEqual(['urgent-2', 'urgent-3']);
    await end('urgent-2');
    expect(order.slice(5)).toEqual(['bulk-3']);
    await end('bulk-2');
    expect(order.slice(6)).toEqual(['bulk-4']);
    await Promise.all(later);
  });

  it('give a single one to both', async () => {
    const { ask, end, order } = crowd(1);
    await ask('bulk-1');
    const later = [ask('bulk-2'), ask('urgent-1')];
    await end('bulk-1');
    await end('urgent-1');
    await Promise.all(later);
    expect(order).toEqual(['bulk-1', 'urgent-1', 'bulk-2']);
  });

  it('are not kept for who has given up', async () => {
    const { ask, end, order } = crowd(1);
    await ask('urgent-1');
    const impatient = new AbortController();
    const later = [ask('urgent-2', impatient.signal), ask('urgent-3')];
    impatient.abort();
    await end('urgent-1');
    await Promise.all(later);
    await ask('urgent-4', impatient.signal);
    expect(order).toEqual(['urgent-1', 'urgent-2 gave up', 'urgent-3', 'urgent-4 gave up']);
  });
});
