/**
 * A segment is a condition on customer documents, written as a MongoDB filter so that one definition serves both a
 * question about one customer and a sweep over all. Amounts are in minor units of the business's currency.
 */
export const segments = {
  everyone: {},
  'repeat-buyers': { 'attributes.orders': { $gte: 2 } },
  vip: { 'attributes.spent': { $gte: 10_000_00 } },
  'profile-complete': { 'attributes.profileCompleted': true },
} as const satisfies Record<string, Readonly<Record<string, unknown>>>;

export type SegmentName = keyof typeof segments;

export const segmentNames = Object.keys(segments) as SegmentName[];
