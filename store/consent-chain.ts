import { createHash, createHmac, randomBytes } from 'node:crypto';
import type { ConsentProof, ConsentStatement } from '../domain/consent';

/** One statement in the ledger of a customer. Nothing in it is ever changed; erasure takes away `proof` and `salt`. */
export interface ConsentEntry extends ConsentStatement {
  /** `<customerId>#<seq>`: of two writers that append at once, one fails. */
  readonly _id: string;
  readonly customerId: string;
  /** From 1 on, without gaps. */
  readonly seq: number;
  readonly recordedAt: Date;
  /**
   * HMAC-SHA256 of the proof under `salt`, hexadecimal; absent without a proof. With the salt erased nobody can try
   * values, and whoever kept an export can still show that a proof is the one.
   */
  readonly proofHash?: string;
  readonly salt?: string;
  /** Hash of the entry before, or {@link genesis}. */
  readonly previous: string;
  /** SHA-256 over everything but `proof`, `salt` and `erasedAt`, `previous` included; hexadecimal. */
  readonly hash: string;
  /** Since when the proof is erased. */
  readonly erasedAt?: Date;
}

/** The end of a chain, as the customer's document has it: whoever cuts entries off is found out. */
export interface ConsentHead {
  readonly seq: number;
  readonly hash: string;
}

/** What the first entry of a chain follows. */
export const genesis = '0'.repeat(64);

/** Puts a statement behind the end of its customer's chain. */
export function chainEntry(
  statement: ConsentStatement,
  { customerId, head, recordedAt }: { customerId: string; head: ConsentHead | undefined; recordedAt: Date },
): ConsentEntry {
  const { channel, topic, state, at, source, until, textVersion, proof } = statement;
  const seq = (head?.seq ?? 0) + 1;
  const salt = randomBytes(16).toString('hex');
  const content = {
    _id: `${customerId}#${seq}`,
    ...{ customerId, seq, channel, topic, state, at, source, recordedAt },
    ...(until && { until }),
    ...(textVersion !== undefined && { textVersion }),
    ...(proof && { proofHash: commitment(proof, salt) }),
    previous: head?.hash ?? genesis,
  };
  return { ...content, ...(proof && { proof, salt }), hash: entryHash(content) };
}

/** A break in a chain: from this entry on nothing is proved. */
export interface BrokenLink {
  readonly seq: number;
  readonly reason:
    /** Removed, or out of its place. */
    | 'missing'
    | 'changed'
    /** It does not follow the entry before. */
    | 'not-linked'
    | 'proof-changed'
    | 'proof-removed'
    /** The customer's document knows of later entries, or of others. */
    | 'end-differs';
}

/**
 * Looks for the first break in a customer's chain.
 *
 * @param entries all of them, in the order of `seq`
 * @param isErased whether proofs may be gone, and the whole chain once its time is over
 */
export function findBreak(
  entries: readonly ConsentEntry[],
  { head, isErased }: { readonly head: ConsentHead | undefined; readonly isErased: boolean },
): BrokenLink | null {
  if (isErased && entries.length === 0) return null;
  let previous = genesis;
  for (const [index, entry] of entries.entries()) {
    const seq = index + 1;
    const reason = fault(entry, { seq, previous, isErased });
    if (reason) return { seq, reason };
    previous = entry.hash;
  }
  const length = entries.length;
  if ((head?.seq ?? 0) > length) return { seq: length + 1, reason: 'missing' };
  return (head?.hash ?? genesis) === previous ? null : { seq: length, reason: 'end-differs' };
}

function fault(
  entry: ConsentEntry,
  {
    seq,
    previous,
    isErased,
  }: { readonly seq: number; readonly previous: string; readonly isErased: boolean },
): BrokenLink['reason'] | undefined {
  if (entry.seq !== seq) return 'missing';
  if (entry.hash !== entryHash(entry)) return 'changed';
  if (entry.previous !== previous) return 'not-linked';
  if (entry.proofHash === undefined) return entry.proof ? 'proof-changed' : undefined;
  if (!entry.proof || entry.salt === undefined) return isErased ? undefined : 'proof-removed';
  return commitment(entry.proof, entry.salt) === entry.proofHash ? undefined : 'proof-changed';
}

type Content = Omit<ConsentEntry, 'hash' | 'proof' | 'salt' | 'erasedAt'>;

function entryHash(entry: Content): string {
  const { customerId, seq, channel, topic, state, at, source, until, recordedAt } = entry;
  const { textVersion, proofHash, previous } = entry;
  const content = {
    ...{ customerId, seq, channel, topic, state, source, previous },
    at: at.toISOString(),
    recordedAt: recordedAt.toISOString(),
    ...(until && { until: until.toISOString() }),
    textVersion: textVersion ?? null,
    proof: proofHash ?? null,
  };
  return createHash('sha256').update(canonical(content)).digest('hex');
}

const commitment = (proof: ConsentProof, salt: string): string =>
  createHmac('sha256', salt).update(canonical(proof)).digest('hex');

/** A flat object as JSON without spaces, keys in the order of their code units (RFC 8785). */
function canonical(content: Readonly<Record<string, string | number | boolean | null>>): string {
  return JSON.stringify(
    Object.fromEntries(
      Object.keys(content)
        .sort()
        .map((key) => [key, content[key]]),
    ),
  );
}
