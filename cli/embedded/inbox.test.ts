import { createInbox } from './inbox';

describe('createInbox', () => {
  it('gives each arrival once, in order', async () => {
    const inbox = createInbox<number>('number');
    inbox.put(1);
    inbox.put(2);
    expect([await inbox.next(), await inbox.next()]).toEqual([1, 2]);
    expect(inbox.received).toEqual([1, 2]);
    await expect(inbox.next(undefined, 1)).rejects.toThrow(
      'No such number within 1 ms; 2 of any kind arrived.',
    );
  });

  it('gives an arrival to the first waiting call that accepts it', async () => {
    const inbox = createInbox<number>('number');
    const even = inbox.next((number) => number % 2 === 0);
    const any = inbox.next();
    inbox.put(1);
    inbox.put(2);
    expect([await even, await any]).toEqual([2, 1]);
  });

  it('forgets the oldest beyond its limit', async () => {
    const inbox = createInbox<number>('number', 2);
    for (const number of [1, 2, 3]) inbox.put(number);
    expect(inbox.received).toEqual([2, 3]);
    expect(await inbox.next()).toBe(2);
  });
});
