/** What holds for all offers together; what holds for one stands with the offer. */
export interface OfferPolicy {
  /** How many offers of any kind one customer may be shown, in so many days of the customer's clock. */
  readonly customerCap: { readonly times: number; readonly days: number };
  /** Offers that earn less, in minor units, are not shown. */
  readonly minimumValue: number;
  /** In a list that is to be diverse: what each earlier offer of the same group multiplies an offer's score by. */
  readonly repeat: number;
}

/** The policy in force. The cap is far above what messages show: it stops a page that asks without end. */
export const offerPolicy: OfferPolicy = {
  customerCap: { times: 100, days: 7 },
  minimumValue: 1,
  repeat: 0.5,
};
