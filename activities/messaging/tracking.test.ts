import { offer } from '../../test/builders';
import { messagingWorld, noon, sendRequest, type MessagingWorld } from '../../test/messaging-world';

let world: MessagingWorld;
beforeAll(async () => {
  world = await messagingWorld();
  await world.store.offers.save('alignment', offer(), new Date());
});
afterAll(() => world.close());
beforeEach(() => {
  world.clock.time = noon;
});

const offering = {
  template: 'winback-offer',
  variables: { offer: { offerId: 'alignment', decisionId: 'd', score: 1, propensity: 1 } },
};

describe('tracked messages', () => {
  it('lead through us in every part, and what they lead to is stored before they go', async () => {
    const person = await world.enrol();
    expect(await world.send(sendRequest(person._id, offering))).toEqual({ state: 'sent' });
    const mail = await world.mail.next(({ to }) => to.includes(person.email ?? ''));
    const [, code = ''] = /http:\/\/localhost:3999\/c\/([\w-]{12})0/.exec(mail.text) ?? [];
    expect(mail.html).toContain(`/c/${code}0"`);
    expect(mail.html).toMatch(new RegExp(`<img src="[^"]+/o/${code}" alt=""[^>]*></body>`));
    expect(mail.html + mail.text).not.toContain('example.com/alignment');
    expect(await world.store.links.find(code)).toMatchObject({ urls: ['https://example.com/alignment'] });
  });

  it('are left alone for somebody who does not want it', async () => {
    const person = await world.enrol({ tracking: false });
    await world.send(sendRequest(person._id, offering));
    const mail = await world.mail.next(({ to }) => to.includes(person.email ?? ''));
    expect(mail.text).toContain('https://example.com/alignment');
    expect(mail.html).not.toMatch(/\/[co]\/[\w-]{12}/);
  });

  it('cost a text message little', async () => {
    const person = await world.enrol();
    await world.send(sendRequest(person._id, { ...offering, channel: 'sms' }));
    const sms = await world.texts.next(({ to }) => to === person.phone);
    expect(sms.body).toMatch(/ http:\/\/localhost:3999\/c\/[\w-]{12}0 /);
  });
});
