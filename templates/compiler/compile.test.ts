import { compileTemplates } from './compile';
import { describeProblem } from './problem';
import { bothLanguages, project, section, words } from './project.fixture';

/** What authors are told about a project. */
async function problemsOf(files: Readonly<Record<string, string>>): Promise<readonly string[]> {
  const { root, remove } = project(files);
  try {
    return (await compileTemplates(root)).problems.map(describeProblem);
  } finally {
    remove();
  }
}

/** What authors are told about one e-mail around a text. */
const problemsOfText = (text: string, own: Record<string, unknown> = {}) =>
  problemsOf({
    'templates/email/note.mjml': section(text),
    'templates/email/note.json': words(bothLanguages(own)),
  });

describe('templates that compile', () => {
  it('keeps every expression, puts words and partials in, and escapes the words', async () => {
    const { root, remove } = project({
      'templates/partials/hello.mjml': section('{{text.hello}}'),
      'templates/email/note.mjml': `{{> hello}}${section('{{#if customer.firstName}}{{customer.firstName}}{{/if}}')}`,
      'templates/email/note.json': words({
        en: { subject: 'A & B for {{name}}', preheader: 'P', hello: 'A & B\nfor <{{name}}>' },
        'pt-BR': { subject: 'A & B: {{name}}', preheader: 'P', hello: 'A & B para {{name}}' },
      }),
    });
    const { templates, problems } = await compileTemplates(root);
    remove();
    expect(problems).toEqual([]);
    const english = templates[0]?.words.en;
    expect(english).toMatchObject({ subject: 'A & B for {{name}}' });
    expect(english).toHaveProperty('html', expect.stringContaining('A &amp; B<br />for &lt;{{name}}&gt;'));
    expect(english).toHaveProperty(
      'html',
      expect.stringContaining('{{#if customer.firstName}}{{customer.firstName}}{{/if}}'),
    );
    expect(english).toHaveProperty('text', expect.stringContaining('A & B\nfor <{{name}}>'));
    expect(templates[0]?.words['pt-BR']).toHaveProperty(
      'html',
      expect.stringContaining('<html lang="pt-BR"'),
    );
  });

  it('writes links into the plain text, buttons on lines of their own', async () => {
    const { root, remove } = project({
      'templates/email/note.mjml': `<mj-section><mj-column>
<mj-text>Read <a href="{{business.url}}">this</a>.</mj-text>
<mj-button css-class="action" href="{{links.preferences}}">Choose</mj-button>
</mj-column></mj-section>`
        .replace('<mj-text>', '<mj-text>{{#if business.url}}')
        .replace('</mj-text>', '{{/if}}</mj-text>'),
      'templates/email/note.json': words(bothLanguages({})),
    });
    const { templates } = await compileTemplates(root);
    remove();
    expect(templates[0]?.words.en).toHaveProperty(
      'text',
      '{{#if business.url}}Read this ({{business.url}}).{{/if}}\n\nChoose:\n{{links.preferences}}\n',
    );
  });
});

describe('problems that stop the build', () => {
  it.each([
    [
      'an unknown helper',
      '{{moeda price}}',
      /note\.mjml:3 \(email note, en\): unknown helper "moeda"; use one of: money, number, date/,
    ],
    [
      'an unknown block',
      '{{#with car}}x{{/with}}',
      /note\.mjml:3 .*unknown block "with"; use one of: if, unless, each/,
    ],
    ['an unknown partial', '{{> card}}', /note\.mjml:3 .*unknown partial "card"; use one of: content/],
    ['a partial in itself', '{{> content}}', /note\.mjml:3 .*the partial "content" includes itself/],
    ['an unknown word', '{{text.titel}}', /note\.mjml:3 .*there is no word "titel"; write it/],
    ['a value printed unescaped', '{{{name}}}', /note\.mjml:3 .*without escaping; write it with two braces/],
    ['a block left open', '{{#if name}}', /note\.mjml:\d+ .*does not parse; see that each/],
    [
      'a helper without its value',
      '{{money}}',
      /note\.mjml:3 .*"money" is called wrongly; write {{money price}}/,
    ],
    ['an unknown style of date', '{{date day "huge"}}', /note\.mjml:3 .*"date" is called wrongly/],
    [
      'an unknown part of a given root',
      '{{customer.email}}',
      /note\.mjml:3 .*there is no customer\.email; it has: firstName/,
    ],
    [
      'a name that may be missing',
      '{{customer.firstName}}',
      /note\.mjml:3 .*firstName may be missing; print it inside {{#if customer\.firstName}}/,
    ],
    [
      'an amount printed as text',
      '{{#if offer.price}}{{offer.price}}{{/if}}',
      /note\.mjml:3 .*offer\.price is money; write {{money offer\.price}}/,
    ],
    [
      'one variable as two kinds',
      '{{n}} {{number n}}',
      /note\.mjml:3 .*"n" is used as number here and as text in templates\/email\/note\.mjml:3/,
    ],
    [
      'a variable that may be missing',
      '{{#if gift}}{{gift}}{{/if}} {{gift}}',
      /note\.mjml:3 .*gift may be missing; print it inside {{#if gift}}/,
    ],
    [
      'a given root inside an each',
      '{{#each cars}}{{business.name}}{{/each}}',
      /note\.mjml:3 .*write @root\.business\.name/,
    ],
    ['an image without alt', '<img src="cid:logo" />', /note\.mjml:3 .*<img> has no alt text; say in alt/],
    [
      'an element that MJML does not know',
      '</mj-text><mj-spin>x</mj-spin><mj-text>',
      /note\.mjml:3 .*MJML: <mj-spin> Element mj-spin doesn't exist/,
    ],
    [
      'an element closed in the wrong order',
      '</mj-column></mj-text>',
      /note\.mjml:3 .*<\/mj-column> stands where <\/mj-text> should/,
    ],
    [
      'an expression that MJML drops',
      '</mj-text>{{number n}}<mj-text>',
      /note\.mjml:3 .*MJML drops {{number n}} where it stands; put it inside a text/,
    ],
    [
      'a message that mail programs cut off',
      'x'.repeat(103 * 1024),
      /note.*the HTML has 10\d KB and is cut off above 102; shorten it/,
    ],
  ])('names file, line, template, language and remedy of %s', async (_, text, told) => {
    const problems = await problemsOfText(text);
    expect(problems[0]).toMatch(told);
    expect(problems[0]).toMatch(/^templates\/\S+:\d+ \(email note(, (en|pt-BR))?\): /);
  });

  it('names the line of a word, not of the place where it is put in', async () => {
    const [problem] = await problemsOfText('{{text.a}} {{text.b}}', { a: 'fine', b: '{{moeda price}}' });
    expect(problem).toMatch(/^templates\/email\/note\.json:8 \(email note, en\): unknown helper "moeda"/);
  });

  it('names the line of a word that does not parse', async () => {
    const [problem] = await problemsOfText('{{text.a}}', { a: 'Hello {{name' });
    expect(problem).toMatch(/^templates\/email\/note\.json:7 \(email note, en\): it does not parse/);
  });

  it('tells what is wrong in a partial once, where it was written', async () => {
    const email = { 'templates/email/note.mjml': '{{> card}}', 'templates/email/other.mjml': '{{> card}}' };
    const json = {
      'templates/email/note.json': words(bothLanguages({})),
      'templates/email/other.json': words(bothLanguages({})),
    };
    const problems = await problemsOf({
      ...email,
      ...json,
      'templates/partials/card.mjml': section('{{moeda x}}'),
    });
    expect(problems).toEqual([
      expect.stringMatching(/^templates\/partials\/card\.mjml:3 .*unknown helper "moeda"/),
    ]);
  });

  it('finds a variable that only one language uses', async () => {
    const problems = await problemsOf({
      'templates/email/note.mjml': section('{{text.a}}'),
      'templates/email/note.json': words({
        en: { subject: 'S', preheader: 'P', a: 'Use {{coupon}}' },
        'pt-BR': { subject: 'S', preheader: 'P', a: 'Use o cupom' },
      }),
    });
    expect(problems).toEqual([
      expect.stringMatching(
        /note\.json:7 \(email note, en\): the variable "coupon" is used in en only; use it in pt-BR too/,
      ),
    ]);
  });

  it('finds a language, a subject and a word that are missing, and a word that nothing uses', async () => {
    const body = { 'templates/email/note.mjml': section('{{text.a}}') };
    const english = { subject: 'S', preheader: 'P', a: 'x' };
    const problems = async (json: string) => problemsOf({ ...body, 'templates/email/note.json': json });
    expect(await problems(words({ en: english }))).toEqual([
      'templates/email/note.json:1 (email note, pt-BR): "pt-BR" is missing: write its words',
    ]);
    expect(await problems(words({ en: english, 'pt-BR': { preheader: 'P', a: 'x' } }))).toEqual([
      'templates/email/note.json:1 (email note, pt-BR): "subject" is missing; write it',
    ]);
    expect(await problems(words({ en: english, 'pt-BR': { subject: 'S', preheader: 'P' } }))).toEqual([
      expect.stringMatching(/note\.mjml:3 \(email note, pt-BR\): there is no word "a"/),
    ]);
    expect(await problems(words({ en: { ...english, b: 'y' }, 'pt-BR': english }))).toEqual([
      'templates/email/note.json:8 (email note, en): the word "b" is used nowhere; use it or take it out',
    ]);
  });

  it('finds a purpose, a topic and a language that do not exist, and a file that is not JSON', async () => {
    const body = { 'templates/email/note.mjml': section('x') };
    const wrong = words({ ...bothLanguages({}), fr: {} } as Parameters<typeof words>[0], {
      purpose: 'spam',
      topic: 'all',
    });
    expect(await problemsOf({ ...body, 'templates/email/note.json': wrong })).toEqual([
      expect.stringMatching(/note\.json:\d+: "fr" is not a language that templates speak; use en or pt-BR/),
      'templates/email/note.json:2 (email note): "purpose" must be one of: transactional, marketing',
      'templates/email/note.json:3 (email note): "topic" must be one of: account, offers, service',
    ]);
    const [syntax] = await problemsOf({
      ...body,
      'templates/email/note.json': '{\n  "purpose": marketing\n}',
    });
    expect(syntax).toMatch(/^templates\/email\/note\.json:2: is not JSON: /);
  });

  it('finds sections without words, and words without sections', async () => {
    expect(await problemsOf({ 'templates/email/note.mjml': section('x') })).toEqual([
      expect.stringMatching(/note\.mjml:1 \(email note\): there is no note\.json beside it/),
    ]);
    const [problem] = await problemsOf({ 'templates/email/note.json': words(bothLanguages({})) });
    expect(problem).toMatch(/note\.json:1 \(email note\): there is no note\.mjml beside it/);
  });

  it('asks marketing to say who speaks and how to stop it', async () => {
    const marketing = { purpose: 'marketing', topic: 'offers' };
    const problems = await problemsOf({
      'templates/layouts/marketing.mjml':
        '<mjml lang="{{text.lang}}"><mj-body>{{> content}}</mj-body></mjml>',
      'templates/email/note.mjml': section('x'),
      'templates/email/note.json': words(bothLanguages({}), marketing),
      'templates/sms/note.json': words(
        { en: { body: 'Hi' }, 'pt-BR': { body: '{{business.name}}: oi. PARE' } },
        marketing,
      ),
    });
    expect(problems).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/email note, en\): marketing must show {{links\.unsubscribe}}/),
        expect.stringMatching(/email note, en\): marketing must show {{links\.preferences}}/),
        expect.stringMatching(/sms note, en\): marketing must show {{business\.name}}/),
        expect.stringMatching(/sms note, en\): marketing must say how to stop it; ask for the reply STOP/),
      ]),
    );
    expect(problems.filter((problem) => problem.includes('sms note, pt-BR'))).toEqual([]);
  });
});
