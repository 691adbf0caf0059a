/** ISO 4217 codes the project formats and adds up. */
export type Currency = 'BRL' | 'USD' | 'EUR';

/** An amount in the currency's minor unit (cents, centavos), always an integer. */
export interface Money {
  readonly amount: number;
  readonly currency: Currency;
}
