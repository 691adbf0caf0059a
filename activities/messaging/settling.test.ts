import { join } from 'node:path';
import { message } from '../../test/builders';
import { messagingWorld, noon, type MessagingWorld } from '../../test/messaging-world';
import type { MessageDocument } from '../../store/messages';
import { createHandoverLog, type Handover } from './handover-log';
import { createSettling } from './settling';

const minute = 60_000;
let world: MessagingWorld;
beforeAll(async () => {
  world = await messagingWorld();
});
afterAll(() => world.close());

const logOf = (folder: string) => createHandoverLog(join(world.configuration.dataDir, folder));
const settle = (folder = 'handover') =>
  createSettling({
    store: world.store,
    sms: null,
    handovers: logOf(folder),
    now: () => world.clock.time,
  })();
const stateOf = async (id: string) => {
  const { state, reason } = (await world.store.messages.find(id)) ?? {};
  return reason === undefined ? state : `${state}: ${reason}`;
};

/** A run of somebody of that name, and what stands in the ledger of a message of it. */
async function leave(name: string, open: boolean, change: Partial<MessageDocument>): Promise<string> {
  const enrolmentId = `upsell/${name}#1`;
  const _id = `${enrolmentId}/email:upsell-offer`;
  await world.database.db
    .collection<{ _id: string; workflowId: string; n: number; open: boolean }>('enrolments')
    .insertOne({
      _id: enrolmentId,
      workflowId: `upsell/${name}`,
      n: 1,
      open,
    });
  await world.store.messages.collection.insertOne(message({ _id, enrolmentId, customerId: name, ...change }));
  return _id;
}

/** A message that a worker had in hand at noon when it was killed. */
function leaveSending(name: string, open: boolean, before: (handover: Handover) => void = () => undefined) {
  const handover = logOf('handover').begin(name);
  before(handover);
  const { log } = handover;
  const claim = { token: name, ...(log !== undefined && { log }) };
  const dueAt = new Date(noon + minute);
  return leave(name, open, { state: 'sending', claim, dueAt, claimedAt: new Date(noon) });
}

describe('messages that an ended run left behind', () => {
  it('are settled by what the handover log knows, and those of runs that go on are left alone', async () => {
    const handOver = (handover: Handover) => handover.handingOver();
    const never = await leaveSending('never', false);
    const taken = await leaveSending('taken', false, (handover) => {
      handover.handingOver();
      handover.taken({ providerId: 'p1' });
    });
    const doubt = await leaveSending('doubt', false, handOver);
    const open = await leaveSending('open', true);
    const planned = await leave('planned', false, { state: 'planned', dueAt: new Date(noon + minute) });
    const waiting = await leave('waiting', true, { state: 'planned', dueAt: new Date(noon + minute) });
    const all = [never, taken, doubt, open, planned, waiting];

    world.clock.time = noon + 5 * minute;
    expect(await settle()).toBe(0);
    world.clock.time = noon + 7 * minute;
    expect(await settle('of another machine')).toBe(1);
    expect(await settle()).toBe(2);
    const stopped = 'suppressed: journey-stopped';
    expect(await Promise.all(all.map(stateOf))).toEqual([
      stopped,
      'sent',
      'sending',
      'sending',
      stopped,
      'planned',
    ]);
    world.clock.time = noon + 20 * minute;
    expect(await settle()).toBe(1);
    expect(await stateOf(doubt)).toBe('unknown');
    expect(await settle()).toBe(0);
    expect(await stateOf(open)).toBe('sending');
  });
});
