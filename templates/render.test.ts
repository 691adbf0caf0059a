import fc from 'fast-check';
import { locales } from '../domain/locale';
import { templateMeta } from '../domain/templates.gen';
import { renderEmail, renderSms } from './render';
import { renderOptions } from './render.fixture';

const emails = Object.keys(templateMeta.email);
const texts = Object.keys(templateMeta.sms);

/** The elements of a page in order, without their attributes. */
const elements = (html: string) => [...html.matchAll(/<\/?[a-zA-Z][\w-]*/g)].map(([tag]) => tag);

describe.each(locales)('in %s', (locale) => {
  it.each(emails)('the e-mail %s has all its parts and no expression left', (name) => {
    const email = renderEmail(name, renderOptions({ locale }));
    expect(email.subject).not.toBe('');
    expect(email.html).toContain(`<html lang="${locale}"`);
    expect(email.html).toContain(email.preheader.replaceAll("'", '&#x27;'));
    expect(email.html).toContain('https://perene.example/p/t0');
    expect(email.text).toContain(':\nhttps://perene.example/p/t0\n');
    expect(email.text).not.toMatch(/<\w|&\w+;|\n{3}/);
    expect(Object.values(email).join('\n')).not.toMatch(/{{|undefined|\[object/);
  });

  it.each(texts)('the SMS %s says who speaks and has no expression left', (name) => {
    const { body } = renderSms(name, renderOptions({ locale }));
    expect(body).toMatch(/^Perene Motors: /);
    expect(body).toMatch(locale === 'en' ? /STOP to opt out\.$/ : /responda PARE\.$/);
    expect(body).not.toMatch(/{{|undefined|\[object|\n/);
  });

  it('every marketing e-mail can be unsubscribed from', () => {
    for (const [name, { purpose }] of Object.entries(templateMeta.email)) {
      const { html, text } = renderEmail(name, renderOptions({ locale }));
      expect([name, html.includes('href="https://perene.example/u/t0"')]).toEqual([
        name,
        purpose === 'marketing',
      ]);
      expect([name, text.includes(':\nhttps://perene.example/u/t0\n')]).toEqual([
        name,
        purpose === 'marketing',
      ]);
    }
  });
});

describe('languages', () => {
  it.each([
    ['pt-PT', 'pt-BR'],
    ['pt_BR', 'pt-BR'],
    ['en-GB', 'en'],
    ['ja', 'pt-BR'],
    [undefined, 'pt-BR'],
  ] as const)('a reader of %s gets %s', (locale, spoken) => {
    expect(renderEmail('welcome', renderOptions({ locale })).locale).toBe(spoken);
    expect(renderSms('complete-profile', renderOptions({ locale })).locale).toBe(spoken);
  });

  it("falls back to the business's language", () => {
    const business = { ...renderOptions().business, locale: 'en' as const };
    expect(renderEmail('welcome', renderOptions({ locale: 'ja', business })).locale).toBe('en');
  });

  it("writes offers, money and dates in the reader's language", () => {
    const portuguese = renderOptions({ locale: 'pt-BR' });
    expect(renderEmail('offer-direct', portuguese).subject).toBe('Plano de revisões: R$ 3.490,00');
    expect(renderEmail('offer-direct', renderOptions()).subject).toBe('Service plan: R$3,490.00');
    expect(renderEmail('maintenance-due', portuguese).subject).toBe(
      'Aurora: revisão até 24 de dezembro de 2026',
    );
    expect(renderSms('maintenance-reminder', renderOptions()).body).toContain('by Dec 24, 2026.');
  });

  it("reads an instant in the customer's zone, and in the business's where that is not known", () => {
    const dueOn = Date.parse('2026-12-25T01:00:00Z');
    const subject = (timeZone: string | undefined) =>
      renderEmail('maintenance-due', renderOptions({ timeZone, variables: { model: 'Aurora', dueOn } }))
        .subject;
    expect(subject('Asia/Tokyo')).toContain('December 25');
    expect(subject('America/Sao_Paulo')).toContain('December 24');
    expect(subject(undefined)).toContain('December 24');
    expect(subject('Mars/Olympus')).toContain('December 24');
  });
});

describe('names', () => {
  it('greets people who gave none without a gap', () => {
    for (const firstName of [undefined, '', '  \n ']) {
      const nameless = renderOptions({ customer: { firstName } });
      expect(renderEmail('welcome', nameless)).toMatchObject({
        subject: 'Welcome to Perene Motors',
        text: expect.stringContaining('\nHello,\n') as unknown,
      });
      expect(renderEmail('offer-warm', nameless).subject).toBe('We picked this for you: Service plan');
      expect(renderEmail('welcome', { ...nameless, locale: 'pt-BR' }).text).toContain('\nOlá!\n');
    }
  });

  it('escapes a hostile name in HTML and leaves plain text plain', () => {
    const hostile = renderOptions({ customer: { firstName: `<b onclick='x("y")'>&` } });
    const { html, subject, text } = renderEmail('welcome', hostile);
    expect(html).not.toContain('<b ');
    expect(html).toContain('Hello &lt;b onclick=&#x27;x(&quot;y&quot;)&#x27;&gt;&amp;,');
    expect(subject).toBe(`Welcome to Perene Motors, <b onclick='x("y")'>&`);
    expect(text).toContain(`Hello <b onclick='x("y")'>&,`);
    expect(renderSms('winback-offer', hostile).body).toContain(`a while, <b onclick='x("y")'>&.`);
  });

  it('keeps a header out of the subject', () => {
    const hostile = renderOptions({ customer: { firstName: 'Ana\r\nBcc: all' } });
    expect(renderEmail('welcome', hostile).subject).toBe('Welcome to Perene Motors, Ana Bcc: all');
  });

  it('can add no element, line or expression, whatever a name, a model or an offer holds', () => {
    const baseline = renderOptions({ customer: {} });
    const plain = {
      email: renderEmail('maintenance-due', baseline),
      offer: renderEmail('offer-direct', baseline),
    };
    const hostile = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom(
        '<script>',
        '"><img src=x>',
        "' style='",
        '{{business.name}}',
        '</td></table>',
        '\r\n.\r\n',
      ),
    );
    fc.assert(
      fc.property(hostile, hostile, (firstName, model) => {
        const options = renderOptions({ customer: { firstName }, variables: { model, dueOn: 0 } });
        const email = renderEmail('maintenance-due', options);
        expect(elements(email.html)).toEqual(elements(plain.email.html));
        expect(email.subject).not.toMatch(/[\r\n\u2028\u2029]/);
        expect(email.text.split('\n')).toHaveLength(plain.email.text.split('\n').length);
        const words = { en: `${firstName}${model}`, 'pt-BR': '' };
        const offer = {
          ...renderOptions().offer,
          name: words,
          description: words,
          url: 'https://a.example/',
          price: { amount: 1, currency: 'BRL' as const },
        };
        expect(elements(renderEmail('offer-direct', renderOptions({ offer, variables: {} })).html)).toEqual(
          elements(plain.offer.html),
        );
      }),
      { numRuns: 200 },
    );
  });
});

describe('what is missing or wrong', () => {
  it.each([
    ['welcome', { variables: {} }, 'Template e-mail welcome: coupon is missing.'],
    ['welcome', { variables: { coupon: 10 } }, 'Template e-mail welcome: coupon must be text.'],
    [
      'maintenance-due',
      { variables: { model: 'A', dueOn: 'soon' } },
      /maintenance-due: dueOn must be a date: epoch milliseconds/,
    ],
    ['offer-warm', { offer: undefined }, 'Template e-mail offer-warm: offer is missing.'],
    [
      'winback',
      { links: { unsubscribe: 'javascript:x', preferences: 'https://p.example' } },
      'Template e-mail winback: links.unsubscribe must be an http or https address.',
    ],
    ['nothing', {}, 'There is no email template named "nothing".'],
    ['constructor', {}, 'There is no email template named "constructor".'],
  ])('%s is told about by name', (name, changes, message) => {
    expect(() => renderEmail(name, renderOptions(changes))).toThrow(message);
  });

  it('never names a value, and says what kind of error it is', () => {
    const secret = {
      variables: { model: 'secret-model', dueOn: 'secret-date' },
      customer: { firstName: 'secret-name' },
    };
    expect.assertions(2);
    try {
      renderSms('maintenance-reminder', renderOptions(secret));
    } catch (error) {
      expect(error).toMatchObject({ name: 'TemplateError' });
      expect(String(error)).not.toContain('secret');
    }
  });

  it('ignores values that the template does not name', () => {
    const variables = { coupon: 'X', business: { name: 'Other' }, __proto__: { links: {} } };
    expect(renderEmail('welcome', renderOptions({ variables })).subject).toBe(
      'Welcome to Perene Motors, Ana',
    );
  });
});

describe('what may be absent', () => {
  it('says that an offer costs nothing', () => {
    const { offer } = renderOptions();
    if (!offer) throw new Error('The fixture has an offer.');
    const free = renderOptions({ offer: { ...offer, price: { amount: 0, currency: 'BRL' } } });
    expect(renderEmail('offer-direct', free)).toMatchObject({
      subject: 'Service plan',
      text: expect.stringContaining('\nFree of charge\n') as unknown,
    });
  });

  it('shows address, phone and page of the business where it has them', () => {
    const business = {
      ...renderOptions().business,
      url: 'https://shop.example/',
      phone: '+55 11 4000',
      address: 'Rua A, 1',
    };
    const bare = renderEmail('maintenance-due', renderOptions());
    const full = renderEmail('maintenance-due', renderOptions({ business }));
    for (const part of [
      'Book a service:\nhttps://shop.example/\n',
      'call +55 11 4000',
      'Perene Motors, Rua A, 1',
    ]) {
      expect(full.text).toContain(part);
    }
    expect(bare.text).not.toMatch(/Book a service|call|Perene Motors,/);
    expect(bare.text).toContain('everything ready.\n\nAlready booked');
  });

  it('keeps addresses whole', () => {
    const { html, text } = renderEmail('offer-warm', renderOptions());
    expect(html).toContain('href="https://perene.example/plan?a=1&amp;b=2"');
    expect(text).toContain('See the details:\nhttps://perene.example/plan?a=1&b=2\n');
  });
});
