import { isRobot } from './robots';

const person = {
  method: 'GET',
  userAgent: 'Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 Chrome/131.0 Mobile Safari/537.36',
  purpose: '',
  sinceSent: 60_000,
};

describe('isRobot', () => {
  it('lets people pass, and proxies that fetch when a person opens', () => {
    expect(isRobot(person)).toBe(false);
    const gmail = 'Mozilla/5.0 (Windows NT 5.1; rv:11.0) Gecko Firefox/11.0 (via ggpht.com GoogleImageProxy)';
    expect(isRobot({ ...person, userAgent: gmail })).toBe(false);
  });

  it.each([
    ['a HEAD request', { method: 'HEAD' }],
    ['a visit right after sending', { sinceSent: 500 }],
    ['a browser that fetches ahead', { purpose: 'prefetch;prerender' }],
    ['no name', { userAgent: '' }],
    ["Apple's privacy proxy", { userAgent: 'Mozilla/5.0' }],
    ['a crawler', { userAgent: 'Mozilla/5.0 (compatible; bingbot/2.0)' }],
    ['a filter', { userAgent: 'Mozilla/5.0 (compatible; Barracuda Sentinel)' }],
    ['a preview', { userAgent: 'WhatsApp/2.23' }],
    ['a program', { userAgent: 'python-requests/2.31' }],
  ])('knows %s', (_what, change) => expect(isRobot({ ...person, ...change })).toBe(true));
});
