/** ISO 4217 codes the project formats and adds up. */
export const currencies = ['BRL', 'USD', 'EUR'] as const;
export type Currency = (typeof currencies)[number];

/** An amount in the currency's minor unit (cents, centavos), always an integer. */
export interface Money {
  readonly amount: number;
  readonly currency: Currency;
}
