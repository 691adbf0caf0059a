/**
 * The latest of what was made, by questions that go further and further back from the end: the embedded server reads all that
 * lies between two instants before it looks at its limit.
 *
 * @param about.before what was made then or later is left out; absent: nothing is
 * @param read gives at most `limit` of what was made then, latest first
 */
export async function latestFirst<Found>(
  { before, now, limit }: { readonly before?: Date; readonly now: Date; readonly limit: number },
  read: (made: { $gte: Date; $lt?: Date }) => Promise<Found[]>,
): Promise<Found[]> {
  const end = (before ?? now).getTime();
  const since = (at: number) => read({ $gte: new Date(at), ...(before && { $lt: before }) });
  for (let span = 60_000; span < end; span *= 16) {
    const found = await since(end - span);
    if (found.length === limit) return found;
  }
  return since(0);
}
