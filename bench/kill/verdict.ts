import { mailIdOf } from '../../activities/messaging/mail-id';
import { messageParameter } from '../../activities/messaging/twilio-status';
import { progress, type MessageDocument } from '../../store/messages';
import type { Place } from '../place';

/** What ledger, mailbox and runs say when they are laid side by side. */
export interface Verdict {
  readonly runs: { readonly entered: number; readonly ended: Readonly<Record<string, number>> };
  /** Workflows that are open, or closed in another way than by their own end. */
  readonly workflows: Readonly<Record<string, number>>;
  readonly messages: { readonly total: number; readonly states: Readonly<Record<string, number>> };
  readonly mailbox: { readonly emails: number; readonly texts: number };
  /** Copies too many, of messages that were to go once; transactional ones beside. */
  readonly doubled: number;
  readonly doubledTransactional: number;
  /** Messages that the ledger calls sent, or of which it knows nothing, and that never came. */
  readonly lost: number;
  /** Of those lost, the ones of which the ledger says that it does not know. */
  readonly lostUnknown: number;
  /** What came although the ledger says that it did not go, or does not know of it at all. */
  readonly unaccounted: number;
  /** Messages that are neither sent nor ended although their run is over. */
  readonly unfinished: number;
  /** Message steps in a journal without their message in the ledger, or with another result. */
  readonly disagreeing: number;
  /** Runs that were to be there and are not, or that did not end. */
  readonly missingRuns: number;
  readonly examples: readonly string[];
}

/** Compares the ledger of messages, what providers took, and the runs. */
export async function judge(
  place: Place,
  { runs, from }: { readonly runs: readonly string[]; readonly from: string },
): Promise<Verdict> {
  const { store, sink, texts } = place;
  const [messages, enrolments, letters, customers] = await Promise.all([
    store.messages.collection.find({}).toArray(),
    store.enrolments.collection.find({}).toArray(),
    sink.letters(),
    store.customers.collection.find({}).toArray(),
  ]);
  const addresses = new Map(customers.map(({ _id, email = '' }) => [_id, email]));
  const mailId = ({ _id, customerId }: MessageDocument): string =>
    mailIdOf(_id, addresses.get(customerId) ?? '', { from, secret: place.secret });
  const textCopies = new Map<string, number>();
  for (const { form } of texts.received) {
    const id = new URL(form['StatusCallback'] ?? 'x:').searchParams.get(messageParameter) ?? '';
    textCopies.set(id, (textCopies.get(id) ?? 0) + 1);
  }
  const copiesOf = (message: MessageDocument): number =>
    (message.channel === 'email' ? letters.get(mailId(message)) : textCopies.get(message._id)) ?? 0;
  const went = (state: string) => progress.some((name) => name === state);

  const examples: string[] = [];
  const tally = (what: string, found: readonly { _id: string }[]): number => {
    examples.push(...found.slice(0, 5).map(({ _id }) => `${what}: ${_id}`));
    return found.length;
  };
  const extra = (some: readonly MessageDocument[]): number =>
    some.reduce((sum, message) => sum + Math.max(0, copiesOf(message) - 1), 0);
  const twice = messages.filter((message) => copiesOf(message) > 1);
  const neverCame = messages.filter(
    (message) => (went(message.state) || message.state === 'unknown') && copiesOf(message) === 0,
  );
  const known = messages.reduce((sum, message) => sum + copiesOf(message), 0);
  const notSent = messages.filter(
    (message) => !went(message.state) && message.state !== 'unknown' && copiesOf(message) > 0,
  );
  const unfinished = messages.filter(({ state, enrolmentId }) => {
    const run = enrolments.find(({ _id }) => _id === enrolmentId);
    return run?.outcome === 'completed' && (state === 'planned' || state === 'sending');
  });
  const byId = new Map(messages.map((message) => [message._id, message]));
  const disagreeing = enrolments.flatMap(({ _id: run, trace }) =>
    trace
      .filter(({ step, skipped }) => /^(email|sms):/.test(step) && !skipped)
      .flatMap(({ step, result }) => {
        const message = byId.get(`${run}/${step}`);
        const told = (result as { state: string }).state;
        const state = message && went(message.state) ? 'sent' : message?.state;
        return told === state ? [] : [{ _id: `${run}/${step}: ${told} against ${String(state)}` }];
      }),
  );
  const ended = new Map(enrolments.filter(({ open }) => !open).map((run) => [run._id, run.outcome ?? '']));
  const missing = runs.filter((id) => !ended.has(id)).map((_id) => ({ _id }));
  const emails = [...letters.values()].reduce((sum, copies) => sum + copies, 0);

  return {
    runs: { entered: enrolments.length, ended: countBy([...ended.values()]) },
    workflows: await openWorkflows(place),
    messages: {
      total: messages.length,
      states: countBy(
        messages.map(({ channel, state, reason }) => `${channel} ${state}${reason ? ` (${reason})` : ''}`),
      ),
    },
    mailbox: { emails, texts: texts.received.length },
    doubled: extra(twice.filter(({ purpose }) => purpose === 'marketing')),
    doubledTransactional: extra(twice.filter(({ purpose }) => purpose === 'transactional')),
    lost: tally('lost', neverCame),
    lostUnknown: neverCame.filter(({ state }) => state === 'unknown').length,
    unaccounted: emails + texts.received.length - known + tally('came unsent', notSent),
    unfinished: tally('unfinished', unfinished),
    disagreeing: tally('disagrees', disagreeing),
    missingRuns: tally('run', missing),
    examples: [...examples, ...twice.slice(0, 5).map(({ _id }) => `twice: ${_id}`)],
  };
}

async function openWorkflows({ client }: Place): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const status of ['Running', 'Failed', 'TimedOut', 'Terminated', 'Canceled']) {
    const query = `CustomerId IS NOT NULL AND ExecutionStatus = '${status}'`;
    const { count } = await client.workflow.count(query);
    if (count > 0) counts[status] = count;
  }
  return counts;
}

function countBy(values: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const value of [...values].sort()) counts[value] = (counts[value] ?? 0) + 1;
  return counts;
}
