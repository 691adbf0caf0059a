import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import { channels, topics } from '../../domain/messages';
import { createPublicLinks, readLink, signLink, type PublicLink } from './links';

const secret = 'a secret of the tests, long enough to be one';
const customerId = fc.string({ minLength: 1, maxLength: 40, unit: 'grapheme' });
const link: fc.Arbitrary<PublicLink> = fc.oneof(
  fc.record({
    kind: fc.constant('unsubscribe' as const),
    customerId,
    channel: fc.constantFrom(...channels),
    topic: fc.constantFrom(...topics),
  }),
  fc.record({ kind: fc.constant('preferences' as const), customerId }),
);

describe('public links', () => {
  it('give back what was signed, in letters that addresses may have', () => {
    fc.assert(
      fc.property(link, (signed) => {
        const token = signLink(signed, secret);
        expect(token).toMatch(/^[\w-]+\.[\w-]{22}$/);
        expect(readLink(signed.kind, token, secret)).toEqual(signed);
      }),
    );
  });

  it('are refused with one character changed, cut or added', () => {
    fc.assert(
      fc.property(link, fc.nat(), fc.constantFrom('A', 'b', '7', '_', ''), (signed, position, other) => {
        const token = signLink(signed, secret);
        const index = position % token.length;
        fc.pre(token[index] !== other);
        const changed = token.slice(0, index) + other + token.slice(index + 1);
        expect(readLink(signed.kind, changed, secret)).toBeNull();
      }),
    );
  });

  it('are refused under another secret, as another kind, and as nonsense', () => {
    const token = signLink({ kind: 'preferences', customerId: 'ana' }, secret);
    expect(readLink('preferences', token, `${secret}!`)).toBeNull();
    expect(readLink('unsubscribe', token, secret)).toBeNull();
    for (const nonsense of ['', '.', '..', 'a.b', token.split('.')[0] ?? '']) {
      expect(readLink('preferences', nonsense, secret)).toBeNull();
    }
  });

  it('are refused where somebody with the secret signed something else', () => {
    for (const said of [
      null,
      5,
      'preferences',
      {},
      [],
      ['preferences'],
      ['preferences', 5],
      ['preferences', null],
    ]) {
      const payload = Buffer.from(JSON.stringify(said)).toString('base64url');
      const mac = createHmac('sha256', secret).update(`link:${payload}`).digest().subarray(0, 16);
      expect(readLink('preferences', `${payload}.${mac.toString('base64url')}`, secret)).toBeNull();
    }
  });

  it('lead to the page of their kind', () => {
    const links = createPublicLinks({ secret, publicUrl: 'https://perene.example' });
    expect(links.url({ kind: 'preferences', customerId: 'ana' })).toMatch(/^https:\/\/perene\.example\/p\//);
    expect(links.url({ kind: 'unsubscribe', customerId: 'ana', channel: 'sms', topic: 'offers' })).toMatch(
      /^https:\/\/perene\.example\/u\//,
    );
  });
});
