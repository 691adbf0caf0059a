import { auditEmail } from '@emailens/engine';
import { HtmlValidate } from 'html-validate';
import { everyLetter, type Letter } from '../test/letters';

/** Mail programs cut a longer message off. */
const mostBytes = 102 * 1024;

/**
 * The HTML standard's rules of structure, without those that e-mail has to break: programs that draw with Word need
 * presentational attributes and conditional comments, those that drop style sheets need inline styles.
 */
const standard = new HtmlValidate({
  root: true,
  extends: ['html-validate:standard', 'html-validate:a11y', 'html-validate:document'],
  rules: {
    'no-conditional-comment': 'off',
    'no-deprecated-attr': 'off',
    'no-inline-style': 'off',
    'void-style': 'off',
    'doctype-style': 'off',
    'prefer-native-element': 'off',
    // What `title` and `lang` must say is tested below.
    'long-title': 'off',
  },
});

/**
 * The linter for e-mail looks at the font size of an element, not of the text in it, and MJML sets cells to 0 and their
 * texts to what can be read. `readable.test.ts` measures every visible text instead.
 */
const judgesBoxes = (rule: string, detail = '') =>
  rule === 'small-text' || (rule === 'hidden-text' && detail.startsWith('font-size:0'));

/** What the linter for e-mail counts as wrong, whatever the mail program; `info` only tells. */
function findings({ html, marketing, unsubscribe }: Letter): readonly string[] {
  const report = auditEmail(html, {
    spam: {
      emailType: marketing ? 'marketing' : 'transactional',
      ...(unsubscribe !== undefined && {
        listUnsubscribeHeader: `<${unsubscribe}>`,
        listUnsubscribePostHeader: 'List-Unsubscribe=One-Click',
      }),
    },
  });
  const { spam, links, accessibility, images, inboxPreview, size, templateVariables, compatibility } = report;
  const wrong = [spam, links, accessibility, images, inboxPreview, size, templateVariables]
    .flatMap(({ issues }): readonly Issue[] => issues)
    .filter(({ severity, rule, detail }) => severity !== 'info' && !judgesBoxes(rule, detail));
  return [...wrong, ...compatibility.warnings.filter(({ severity }) => severity === 'error')].map(
    ({ severity, message }) => `${severity}: ${message}`,
  );
}

interface Issue {
  readonly severity: string;
  readonly rule: string;
  readonly message: string;
  readonly detail?: string;
}

describe.each(['talkative', 'terse'] as const)('from a %s business', (business) => {
  const letters = everyLetter(business);

  it.each(letters.map((letter) => [`${letter.template} in ${letter.locale}`, letter] as const))(
    '%s passes the linters of e-mail and of HTML',
    async (_, letter) => {
      const noAddress = business === 'terse' && letter.marketing;
      expect(findings(letter)).toEqual(
        noAddress ? [expect.stringMatching(/^warning: No physical mailing/)] : [],
      );
      const { results } = await standard.validateString(letter.html);
      expect(
        results.flatMap(({ messages }) => messages.map(({ ruleId, message }) => [ruleId, message])),
      ).toEqual([]);
    },
  );
});

it('every e-mail says its language and title, leads to whole addresses only, and loads nothing but our picture', () => {
  for (const { html, locale } of everyLetter()) {
    expect(html).toContain(`<html lang="${locale}"`);
    expect(html).toMatch(/<title>[^<]+<\/title>/);
    expect(Buffer.byteLength(html)).toBeLessThan(mostBytes);
    expect(html).not.toMatch(/<(script|iframe|object|embed|form|link|svg)\b|@import|\son\w+=/i);
    for (const [, href] of html.matchAll(/\shref="([^"]*)"/g)) expect(href).toMatch(/^https:\/\/[\w.-]+\//);
    const images = [...html.matchAll(/<img\b[^>]*>/g)].map(([tag]) => tag);
    expect(images).toEqual([
      expect.stringMatching(/src="https:\/\/crm\.motors\.example\/o\/[\w-]{12}" alt=""/),
    ]);
  }
});

it('the linters find what is wrong', async () => {
  const [letter] = everyLetter();
  if (!letter) throw new Error('There is no e-mail.');
  const broken = {
    ...letter,
    html: letter.html
      .replace('</h1>', '</h1><img src="http://x.example/a.png" width="10" height="10"><a href="">x</a>')
      .replace(/<p style="margin:0;">/, '<p style="margin:0;color:#dddddd">'),
  };
  expect(findings(broken).join('\n')).toMatch(/alt/i);
  expect(findings(broken).join('\n')).toMatch(/contrast/i);
  const { results } = await standard.validateString(broken.html.replace('</h1>', '</h2>'));
  expect(results.flatMap(({ messages }) => messages.map(({ ruleId }) => ruleId))).toEqual(
    expect.arrayContaining(['close-order', 'wcag/h37']),
  );
});
