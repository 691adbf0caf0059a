/**
 * Attributes of a customer that a journey may read. Only what cannot tell who somebody is may be listed here: the
 * value passes through Temporal. Everything else a business stores about a customer stays in the database.
 */
export interface JourneyAttributes {
  tier: string;
  /** Orders completed so far, and their sum in minor units of the business's currency. */
  orders: number;
  spent: number;
  profileCompleted: boolean;
  preferredChannel: string;
}

export type AttributeName = keyof JourneyAttributes;

/** Names of {@link JourneyAttributes}, for the check at run time. */
export const attributeNames = [
  'tier',
  'orders',
  'spent',
  'profileCompleted',
  'preferredChannel',
] as const satisfies readonly AttributeName[];
