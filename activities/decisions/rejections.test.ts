import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { locales } from '../../domain/locale';
import { offerRuleSchema } from '../../domain/offer-schemas';
import { rejectionSentence } from './rejections';

/** Every rule that a decision can name: the offers' own, and those in the sources of eligibility and arbitration. */
const rules = [
  ...offerRuleSchema.options.map(({ shape }) => shape.rule.value),
  ...['slot', 'not-yet-active', 'no-longer-active', 'currency'],
  ...[
    ...readFileSync(join(__dirname, '../../scoring/arbitration.ts'), 'utf8').matchAll(/rule: '([\w-]+)'/g),
  ].map(([, rule = '']) => rule),
];

describe('a rejection', () => {
  it('has a sentence of its own for every rule, in each language', () => {
    expect(new Set(rules).size).toBeGreaterThanOrEqual(18);
    for (const locale of locales) {
      const sentences = [...new Set(rules)].map((rule) => rejectionSentence(rule, locale));
      for (const sentence of sentences) expect(sentence).toMatch(/^[A-ZÉ].* .*\.$/);
      expect(new Set(sentences).size).toBe(sentences.length);
    }
  });

  it('names its subject', () => {
    expect(rejectionSentence('segment:vip', 'en')).toBe(
      'It is only for customers in the segment vip, and this one is not.',
    );
    expect(rejectionSentence('consent:sms', 'pt-BR')).toContain('por sms');
    expect(rejectionSentence('of-tomorrow', 'en')).toBe('of-tomorrow');
  });
});
