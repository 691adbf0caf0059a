import type { ConsentStatement } from '../../domain/consent';
import type { DoubleOptIn } from '../../domain/double-opt-in';
import { recordActs, type ConsentAct, type Move } from '../../store/consent-ledger';
import type { CustomerDocument, ProfileChange } from '../../store/customers';
import type { Store } from '../../store/store';
import type { Arrival } from './arrival';

/** What was said less than this before its receipt was said now: statements that come at once count in their order. */
const liveness = 60_000;

/** An arrival about somebody known, and the change of their profile that it brings. */
interface Saving {
  readonly id: string;
  readonly eventId: string;
  readonly profile: ProfileChange | undefined;
  readonly consents: readonly ConsentStatement[];
}

/**
 * Saves what arrivals change of customers. What somebody says of marketing, and an address that is not the one that is
 * stored, go with all that came of that person into the ledger of consent, in their order; the rest is written plainly.
 *
 * @returns who has got another address
 */
export async function saveProfiles(
  store: Store,
  arrivals: readonly Arrival[],
  { at, doubleOptIn }: { readonly at: Date; readonly doubleOptIn: DoubleOptIn },
): Promise<Move[]> {
  const all = arrivals.flatMap(({ event, profile, consents = [] }): Saving[] => {
    const change = event.name === 'profile.completed' ? { attributes: { profileCompleted: true } } : profile;
    const { customerId: id, _id: eventId } = event;
    return id === null || (!change && consents.length === 0)
      ? []
      : [{ id, eventId, profile: change, consents }];
  });
  const savings = await withNewAddresses(store, all);
  const inLedger = new Set(savings.filter(needsLedger).map(({ id }) => id));
  await store.customers.saveProfiles(
    savings.flatMap(({ id, profile: change }) => (change && !inLedger.has(id) ? [{ id, change, at }] : [])),
  );
  const acts = savings
    .filter(({ id }) => inLedger.has(id))
    .map(({ id, eventId, profile, consents }): ConsentAct => ({
      customerId: id,
      eventId,
      statements: consents.map((statement) => inTime(statement, at)),
      confirms: doubleOptIn.topics,
      ...(profile && { profile }),
    }));
  const isSignup = ({ profile }: ConsentAct): boolean => profile?.signedUpAt !== undefined;
  const ordered = [...acts.filter(isSignup), ...acts.filter((act) => !isSignup(act))];
  return (await recordActs(store, ordered, at)).moves;
}

const needsLedger = ({ profile, consents }: Saving): boolean => consents.length > 0 || hasAddress(profile);

const hasAddress = (profile: ProfileChange | undefined): profile is ProfileChange =>
  profile?.email !== undefined || profile?.phone !== undefined;

/**
 * The same without addresses of people for whom all of them are stored already, and without those of an event that is: told
 * again, it must not bring back an address that was changed since. Of signups only the first counts anyway.
 */
async function withNewAddresses(store: Store, savings: readonly Saving[]): Promise<readonly Saving[]> {
  const isUpdate = ({ profile }: Saving): boolean => hasAddress(profile) && profile.signedUpAt === undefined;
  const updates = savings.filter(isUpdate);
  if (updates.length === 0) return savings;
  const people = await store.customers.findMany([...new Set(updates.map(({ id }) => id))]);
  const known = new Map(people.map((person) => [person._id, person]));
  const isNew = ({ id, profile }: Saving): boolean => bringsNew(profile, known.get(id));
  const told = await store.events.findMany(
    updates.filter((saving) => known.has(saving.id) && isNew(saving)).map(({ eventId }) => eventId),
  );
  const repeats = new Set(told.map(({ _id }) => _id));
  const kept = savings.map((saving) => (repeats.has(saving.eventId) ? withoutAddress(saving) : saving));
  const changing = new Set(kept.filter(isNew).map(({ id }) => id));
  return kept.map((saving) => (changing.has(saving.id) ? saving : withoutAddress(saving)));
}

const bringsNew = (
  profile: ProfileChange | undefined,
  person: Pick<CustomerDocument, 'email' | 'phone'> | undefined,
): boolean =>
  (profile?.email !== undefined && profile.email !== person?.email) ||
  (profile?.phone !== undefined && profile.phone !== person?.phone);

function withoutAddress(saving: Saving): Saving {
  if (!hasAddress(saving.profile)) return saving;
  const profile = { ...saving.profile };
  delete profile.email;
  delete profile.phone;
  return { ...saving, profile };
}

/** A refusal counts from its receipt, whatever clock its sender goes by; a yes from when it was said, if that was before. */
function inTime(statement: ConsentStatement, at: Date): ConsentStatement {
  const isLate = at.getTime() - statement.at.getTime() > liveness;
  return statement.state !== 'revoked' && isLate ? statement : { ...statement, at };
}
