import { isMailServers, mailServers } from './mail-servers';

describe('mailServers', () => {
  it('reads one server or several, each with the rate that it takes', () => {
    expect(mailServers('smtp://localhost:1025')).toEqual([
      { name: 'localhost:1025', url: 'smtp://localhost:1025' },
    ]);
    expect(mailServers('smtps://a:b%20c@one.example?rate=20&pool=true  smtps://two.example:465')).toEqual([
      { name: 'one.example', url: 'smtps://a:b%20c@one.example?pool=true', ratePerSecond: 20 },
      { name: 'two.example:465', url: 'smtps://two.example:465' },
    ]);
  });

  it('knows what is no list of them', () => {
    expect(isMailServers('smtps://a.example smtp://b.example?rate=0.5')).toBe(true);
    for (const wrong of [
      '',
      'localhost:25',
      'smtp://a.example http://b',
      'smtp://',
      'smtp://a.example?rate=0',
    ])
      expect(isMailServers(wrong)).toBe(false);
  });
});
