/** What of a customer a webhook may carry where a journey names it; everything else of theirs stays here. */
export const personalFields = ['email', 'phone', 'firstName', 'lastName', 'locale', 'timeZone'] as const;
export type PersonalField = (typeof personalFields)[number];

/** What a journey learns of a call to another system, or of an alert to the team. */
export type DeliveryResult =
  | { readonly state: 'delivered' }
  | { readonly state: 'suppressed'; readonly reason: DeliverySuppression }
  /** A short code, such as `http-404`. */
  | { readonly state: 'failed'; readonly reason: string }
  /** The step was put into the journey after this customer had passed its place. */
  | { readonly state: 'skipped' };

/** Why a delivery was not tried, or is not tried again. With `journey-stopped` its run had ended before it was taken. */
export type DeliverySuppression = 'holdout' | 'customer-erased' | 'customer-unknown' | 'journey-stopped';

/** Names of webhooks and alerts: lower case, digits and hyphens. */
export const deliveryName = /^[a-z][a-z0-9-]{0,63}$/;

/** How far a delivery is. `failed` was given up; `replaying` was, and is tried once more because somebody asked. */
export const deliveryStates = ['planned', 'delivered', 'suppressed', 'failed', 'replaying'] as const;
export type DeliveryState = (typeof deliveryStates)[number];
