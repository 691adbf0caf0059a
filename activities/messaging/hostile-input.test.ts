import type { CustomerDocument } from '../../store/customers';
import { offer } from '../../test/builders';
import { messagingWorld, sendRequest, text, welcome, type MessagingWorld } from '../../test/messaging-world';
import { readHandovers, wireTap, type WireTap } from '../../test/wire-tap';

let world: MessagingWorld;
let tap: WireTap;
let messaging: ReturnType<MessagingWorld['with']>;

beforeAll(async () => {
  world = await messagingWorld();
  tap = await wireTap(world.mail.url);
  messaging = world.with({ smtpUrl: tap.url });
});
afterAll(async () => {
  await world.close();
  await tap.close();
});

/** What a stranger may write where a name, a word or a title is asked for. */
const hostile: Readonly<Record<string, string>> = {
  'a script': '<script>alert(1)</script>',
  'a broken attribute': '"><img src=x onerror=alert(1)>',
  'a template': '{{#each links}}{{this}}{{/each}}{{{body}}}',
  'a header': 'Ana\r\nBcc: evil@evil.example\r\nX-Evil: 1',
  'a header after a bare line feed': 'Ana\nBcc: evil@evil.example',
  'a header after a bare carriage return': 'Ana\rBcc: evil@evil.example',
  'the end of a message and another':
    'Ana\r\n.\r\nMAIL FROM:<evil@evil.example>\r\nRCPT TO:<evil@evil.example>\r\nDATA\r\nhi\r\n.\r\n',
  'an end with bare line feeds': 'Ana\n.\nMAIL FROM:<evil@evil.example>\n',
  'an end of mixed kinds': 'Ana\r\n.\rMAIL FROM:<evil@evil.example>\n.\r\n',
  'a line that is a dot': '.\r\n..\r\n',
  'an encoded word': '=?utf-8?q?=0D=0ABcc:_evil@evil.example?=',
  'a turned direction': '\u202Egnp.exe\u202C\u2066\u200F',
  'nulls and controls': 'A\u0000n\u0007a\u001B[31m\u0085\u2028x',
  'half a character': 'An\uD800a',
  'a MIME boundary': '\r\n----_NmP-evil\r\nContent-Type: text/html\r\n\r\n<b>x</b>',
  'very much': 'A'.repeat(20_000),
};

const elements = (html: string) => [...html.matchAll(/<\/?[a-zA-Z][\w-]*/g)].map(([tag]) => tag);
/** Names of the attributes of all elements. */
const attributes = (html: string) =>
  [...html.matchAll(/<[a-z][^<>]*>/gi)].flatMap(([tag]) =>
    [...tag.replace(/"[^"]*"/g, '').matchAll(/\s([\w-]+)(?==)/g)].map(([, name]) => name),
  );

/** Sends an e-mail and gives what came of it, all that was said for it, and the mail that arrived, if any. */
async function mail(change: Partial<CustomerDocument>, request: Parameters<typeof sendRequest>[1] = welcome) {
  const before = tap.heard().map(({ length }) => length);
  const customer = await world.enrol(change);
  const arrived = world.mail.received.length;
  const result = await messaging.send(sendRequest(customer._id, request));
  const said = tap.heard().flatMap((all, at) => readHandovers(all.slice(before[at] ?? 0)));
  return { customer, result, said, arrived: world.mail.received.slice(arrived) };
}

/** Holds whatever was said to be one e-mail of ours to one address and nothing else. */
function expectOne({ said, arrived }: Awaited<ReturnType<typeof mail>>, address: string): void {
  const [handover, ...more] = said.filter(({ commands }) => commands.some((line) => line !== 'RSET'));
  expect(more).toEqual([]);
  const commands = (handover?.commands ?? []).filter((line) => !/^(EHLO|RSET)/.test(line));
  expect(commands).toEqual([
    expect.stringMatching(/^MAIL FROM:<ola@motors\.example>/),
    expect.stringMatching(new RegExp(`^RCPT TO:<${address.replace(/[.+?]/g, '\\$&')}>$`)),
    'DATA',
  ]);
  const raw = handover?.text ?? '';
  // No bare line ending, which one server may take for an end and another not; no byte that is not plain ASCII.
  expect(raw).not.toMatch(/(?<!\r)\n|\r(?!\n)|[^\r\n\t -~]/);
  for (const line of raw.split('\r\n')) expect(line.length).toBeLessThanOrEqual(998);
  const head = raw.slice(0, raw.indexOf('\r\n\r\n')).replace(/\r\n[ \t]+/g, ' ');
  const lines = head
    .split('\r\n')
    .map((line) => [line.slice(0, line.indexOf(':')).toLowerCase(), line] as const);
  const names = lines.map(([name]) => name);
  const header = new Map(lines);
  expect(header.get('message-id')).toMatch(/^Message-ID: <[\w-]+@motors\.example>$/);
  if (header.has('list-unsubscribe-post'))
    expect(header.get('list-unsubscribe')).toMatch(
      /^List-Unsubscribe: <https?:\/\/[\w.:-]+\/u\/[\w-]+\.[\w-]+>$/,
    );
  expect(arrived[0]?.text).not.toMatch(
    /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/,
  );
  expect(arrived[0]?.text).not.toMatch(/^(bcc|rcpt to|mail from|x-evil|content-type) ?:/im);
  for (const name of names) expect(expectedHeaders).toContain(name);
  expect(new Set(names).size).toBe(names.length);
  expect(arrived).toHaveLength(1);
  expect(arrived[0]?.to).toEqual([address]);
  expect(arrived[0]?.subject).not.toMatch(/[\r\n\u0000-\u001f\u202a-\u202e\u2066-\u2069]/);
  expect(JSON.stringify([...(arrived[0]?.headers.keys() ?? [])])).not.toMatch(/bcc|evil/i);
}

const expectedHeaders = [
  ...['from', 'to', 'subject', 'message-id', 'date', 'mime-version', 'content-type'],
  ...['list-unsubscribe', 'list-unsubscribe-post', 'content-transfer-encoding'],
];

describe('words of strangers in an e-mail', () => {
  const saveOffer = (id: string, name: string) =>
    world.store.offers.save(
      id,
      { ...offer(), name: { en: name, 'pt-BR': name }, description: { en: name, 'pt-BR': name } },
      new Date(),
    );
  const about = (offerId: string) => ({ template: 'offer-direct', variables: { offer: { offerId } } });
  let plain: { readonly welcome: string; readonly offer: string };

  beforeAll(async () => {
    await saveOffer('plain', 'Oil');
    const [one, other] = [
      await mail({ firstName: 'Ana', locale: 'en' }),
      await mail({ locale: 'en' }, about('plain')),
    ];
    plain = { welcome: one.arrived[0]?.html ?? '', offer: other.arrived[0]?.html ?? '' };
  });

  it.each(Object.entries(hostile))('%s is a name or nothing, a word, and a title', async (name, words) => {
    const sent = await mail(
      { firstName: words, locale: 'en' },
      { template: 'welcome', variables: { coupon: words } },
    );
    await saveOffer(name, words);
    const offered = await mail({ locale: 'en' }, about(name));
    expect(sent.arrived[0]?.subject).toMatch(/^Welcome to Perene Motors/);
    for (const [letter, was] of [
      [sent, plain.welcome],
      [offered, plain.offer],
    ] as const) {
      expectOne(letter, letter.customer.email ?? '');
      const is = letter.arrived[0]?.html ?? '';
      expect(elements(is)).toEqual(elements(was));
      expect(attributes(is)).toEqual(attributes(was));
      expect(is).not.toMatch(/[\u202a-\u202e\u2066-\u2069\u0000-\u0008]/);
    }
  });
});

describe('ids of strangers', () => {
  const ids = Object.entries(hostile).filter(
    ([, words]) => words.length <= 128 && !/\p{Surrogate}/u.test(words),
  );

  it.each(ids)('%s stands in a link and a Message-ID as letters and digits', async (_, words) => {
    const sent = await mail({ _id: words, email: 'ana@example.com', locale: 'en' }, {});
    expectOne(sent, 'ana@example.com');
    expect(sent.arrived[0]?.headers.get('list')).toHaveProperty('unsubscribe.url');
  });
});

describe('addresses of strangers', () => {
  it.each([
    'ana@example.com\r\nBcc: evil@evil.example',
    'ana@example.com>\r\nRCPT TO:<evil@evil.example',
    'ana@example.com\nRCPT TO:<evil@evil.example>',
    'ana@example.com, evil@evil.example',
    'ana@example.com;evil@evil.example',
    'evil@evil.example <ana@example.com>',
    '"Ana <evil@evil.example>" <ana@example.com>',
    '"evil@evil.example\r\n"@example.com',
    'group: ana@example.com, evil@evil.example;',
    'ana@example.com SIZE=1 BODY=8BITMIME',
    'ana\u0000@example.com',
    'ana\u202E@example.com',
    'ana@exa\u200Bmple.com',
    `${'a'.repeat(300)}@example.com`,
    'ana@',
    '@example.com',
    'ana',
    '',
    '<>',
    '<ana@example.com>',
    'ana@example.com>',
    '"ana b"@example.com',
    '"ana\\"@example.com',
    'ana b@example.com',
    'ana@example.com -oQ/tmp',
    'ana@[127.0.0.1]',
    'ana@example.com%0d%0aRCPT TO:<evil@evil.example>',
  ])('%j is no address: nothing is said to any server', async (email) => {
    const { result, said, arrived } = await mail({ email });
    expect(result).toEqual({ state: 'suppressed', reason: 'no-address' });
    expect(said).toEqual([]);
    expect(arrived).toEqual([]);
  });

  it.each([
    'ana+loja@example.com',
    '-ana@example.com',
    "o'hara@sub.example.com",
    'josé@example.com',
    'a@müller.example',
  ])('%s is one', async (email) => {
    const { result, arrived } = await mail({ email });
    expect(result).toMatchObject({ state: 'sent' });
    expect(arrived).toHaveLength(1);
  });
});

describe('words of strangers in a text message', () => {
  it.each(Object.entries(hostile))(
    'an offer that is %s goes to one number, on one line, or not at all',
    async (_, words) => {
      await world.store.offers.save('text', { ...offer(), name: { en: words, 'pt-BR': words } }, new Date());
      const customer = await world.enrol({ firstName: words, locale: 'en' });
      const before = world.texts.received.length;
      const request = { ...text, template: 'upsell-reminder', variables: { offer: { offerId: 'text' } } };
      const result = await messaging.send(sendRequest(customer._id, request));
      const sent = world.texts.received.slice(before);
      if (words.length > 1_000) expect(result).toEqual({ state: 'failed', reason: 'too-many-segments' });
      expect(sent.map(({ to }) => to)).toEqual(words.length > 1_000 ? [] : [customer.phone]);
      for (const { body } of sent) {
        expect(body).toMatch(/^Perene Motors: .*STOP to opt out\.$/);
        expect(body).not.toMatch(/[\r\n\u0000-\u001f\u202a-\u202e\u2066-\u2069]/);
      }
    },
  );
});
