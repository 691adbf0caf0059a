import { forgetCustomer } from '../../store/forget';
import { exportCustomer } from '../../store/personal-data';
import type { Store } from '../../store/store';
import { message } from '../../test/builders';
import { beforeEachOnEmptyStore } from '../../test/empty-store';
import type { MessageDocument } from '../../store/messages';
import { everyonesMoments, habitHalfLife, type Moments } from '../best-time/counts';
import { createMomentLearning } from './moments';

const now = Date.parse('2026-03-10T15:00:00Z');
const due = new Date(now - 1_000);

let store: Store;

beforeEachOnEmptyStore((opened) => {
  store = opened;
});

let ids = 0;
const sent = (hour: number, change: Partial<MessageDocument> = {}): MessageDocument =>
  message({ _id: `m-${String(++ids).padStart(4, '0')}`, lesson: { at: due, hour }, ...change });

const put = (...messages: MessageDocument[]) => store.messages.collection.insertMany(messages);
const everyone = async () => {
  const latest = await store.models.of<Moments>(everyonesMoments).latest();
  return [...(latest?.state.counts ?? [])].sort((a, b) => a.hour - b.hour);
};
const learning = (
  batch = 3,
  at = now,
  on: Pick<Store, 'messages' | 'models' | 'moments' | 'transaction'> = store,
) => createMomentLearning({ store: on, now: () => at, batch });

async function foldAll(fold = learning().foldMoments): Promise<number> {
  let folded = 0;
  for (;;) {
    const report = await fold();
    folded += report.folded;
    if (!report.more) return folded;
  }
}

describe('learning the best time', () => {
  it('counts each message that arrived, once, for everyone and for its customer', async () => {
    const click = { state: 'clicked', clickedAt: due } as const;
    await put(
      sent(9),
      sent(9, click),
      sent(19, { customerId: 'bia', state: 'delivered' }),
      sent(19, { customerId: 'bia', channel: 'sms', state: 'replied', repliedAt: due }),
      sent(19, { customerId: 'bia', state: 'opened', openedAt: due }),
    );
    expect(await foldAll()).toBe(5);
    expect(await foldAll()).toBe(0);
    expect(await everyone()).toEqual([
      { channel: 'email', hour: 9, sent: 2, answered: 1 },
      { channel: 'email', hour: 19, sent: 2, answered: 0 },
      { channel: 'sms', hour: 19, sent: 1, answered: 1 },
    ]);
    expect((await store.moments.find('ana'))?.counts).toEqual([
      { channel: 'email', hour: 9, sent: 2, answered: 1 },
    ]);
    expect((await store.moments.find('bia'))?.counts).toHaveLength(2);
    expect(await store.messages.collection.countDocuments({ lesson: { $exists: true } })).toBe(0);
  });

  it('waits until answers are no longer waited for', async () => {
    await put(sent(9, { lesson: { at: new Date(now + 1), hour: 9 } }));
    expect(await foldAll()).toBe(0);
    expect(await foldAll(learning(3, now + 1).foldMoments)).toBe(1);
  });

  it('takes a complaint for no answer, and what never came to the person for nothing', async () => {
    await put(
      sent(9, { state: 'complained', clickedAt: due }),
      sent(9, { state: 'bounced' }),
      sent(9, { state: 'suppressed' }),
      sent(9, { state: 'unknown' }),
    );
    expect(await foldAll()).toBe(1);
    expect(await everyone()).toEqual([{ channel: 'email', hour: 9, sent: 1, answered: 0 }]);
    expect(await store.messages.collection.countDocuments({ lesson: { $exists: true } })).toBe(0);
  });

  it('lets what is old weigh less, so that habits may change', async () => {
    await put(sent(9), sent(9));
    await foldAll();
    await put(sent(9));
    const later = now + habitHalfLife;
    await foldAll(learning(3, later).foldMoments);
    expect(await everyone()).toEqual([{ channel: 'email', hour: 9, sent: 2, answered: 0 }]);
    expect((await store.moments.find('ana'))?.counts).toEqual([
      { channel: 'email', hour: 9, sent: 2, answered: 0 },
    ]);
  });

  it('neither loses nor doubles a message where it breaks off at any step', async () => {
    await put(
      ...Array.from({ length: 8 }, (_, n) => sent(n % 2 === 0 ? 9 : 19, { customerId: `c${n % 3}` })),
    );
    for (const step of ['lessonsDue', 'markLearned', 'findMany', 'saveMany'] as const) {
      await expect(learning(3, now, breakingAt(step)).foldMoments()).rejects.toThrow('broke off');
      expect(await everyone()).toEqual([]);
      expect(await store.moments.collection.countDocuments()).toBe(0);
    }
    expect(await foldAll()).toBe(8);
    expect((await everyone()).map((count) => count.sent)).toEqual([4, 4]);
    const customers = await store.moments.collection.find().toArray();
    expect(customers.flatMap(({ counts }) => counts).reduce((sum, count) => sum + count.sent, 0)).toBe(8);
  });

  it('shows a customer what it knows of them, and forgets those who are erased', async () => {
    await put(sent(9), sent(19, { customerId: 'bia' }));
    await foldAll();
    expect(await exportCustomer(store, 'ana')).toMatchObject({ moments: { counts: [{ hour: 9, sent: 1 }] } });

    await put(sent(10));
    await forgetCustomer(store, 'ana', { at: new Date(now), salt: 'salt' });
    expect(await foldAll()).toBe(0);
    expect(await store.moments.find('ana')).toBeNull();
    expect((await store.moments.find('bia'))?.counts).toHaveLength(1);
    expect(await everyone()).toHaveLength(2);
  });

  it('is done once by workers that do it at the same time', async () => {
    await put(...Array.from({ length: 12 }, (_, n) => sent(9, { customerId: `c${n}` })));
    const tries = async () => {
      // As Temporal does: what failed because another was faster is tried again.
      for (;;)
        if (
          await foldAll(learning(4).foldMoments).then(
            () => true,
            () => false,
          )
        )
          return;
    };
    await Promise.all([tries(), tries(), tries()]);
    expect(await everyone()).toEqual([{ channel: 'email', hour: 9, sent: 12, answered: 0 }]);
  });
});

/** The store, one of whose steps is carried out and then breaks off. */
function breakingAt(step: 'lessonsDue' | 'markLearned' | 'findMany' | 'saveMany') {
  const done = async (act: Promise<unknown>): Promise<never> => {
    await act;
    throw new Error('broke off');
  };
  const { messages, moments, models, transaction } = store;
  const broken: Pick<Store, 'messages' | 'models' | 'moments' | 'transaction'> = {
    transaction,
    models,
    messages: {
      ...messages,
      ...(step === 'lessonsDue' && { lessonsDue: (...given) => done(messages.lessonsDue(...given)) }),
      ...(step === 'markLearned' && { markLearned: (...given) => done(messages.markLearned(...given)) }),
    },
    moments: {
      ...moments,
      ...(step === 'findMany' && { findMany: (...given) => done(moments.findMany(...given)) }),
      ...(step === 'saveMany' && { saveMany: (...given) => done(moments.saveMany(...given)) }),
    },
  };
  return broken;
}
