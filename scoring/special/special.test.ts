import { lnBeta, lnGamma } from './gamma';
import { lnHypergeometric } from './hypergeometric';

describe('special functions', () => {
  it('knows ln gamma', () => {
    expect(lnGamma(0.5)).toBeCloseTo(0.5 * Math.log(Math.PI), 13);
    expect(lnGamma(11)).toBeCloseTo(Math.log(3_628_800), 12);
    expect(lnGamma(0.01)).toBeCloseTo(4.599479878042021, 12);
    expect(lnGamma(1000) / 5905.220423209181).toBeCloseTo(1, 14);
    expect(lnGamma(0)).toBeNaN();
    expect(lnBeta(2, 3)).toBeCloseTo(Math.log(1 / 12), 13);
  });

  it('knows 2F1 where it is elementary', () => {
    for (const z of [0, 0.1, 0.5, 0.9, 0.99]) {
      // Abramowitz and Stegun 15.1.3, 15.1.8.
      if (z > 0) expect(lnHypergeometric(1, 1, 2, z)).toBeCloseTo(Math.log(-Math.log(1 - z) / z), 11);
      expect(lnHypergeometric(3.5, 2, 2, z)).toBeCloseTo(-3.5 * Math.log(1 - z), 11);
    }
    // A parameter far beyond the number of terms needed, as from customers who all leave with the same chance.
    expect(
      lnHypergeometric(3.299678502283094, 34011489.24304873, 38078311.39172018, 0.21514216996915986),
    ).toBeCloseTo(0.704141570768681, 11);
    expect(lnHypergeometric(5, 0.2, 6, 0.9999)).toBeCloseTo(0.487692938791, 11);
    expect(lnHypergeometric(200, 150, 150, 0.9)).toBeCloseTo(200 * Math.log(10), 9);
  });

  it('refuses what is outside its circle', () => {
    expect(() => lnHypergeometric(1, 1, 2, 1)).toThrow('[0, 1)');
  });
});
