import { messagingWorld, noon, sendRequest, text, type MessagingWorld } from '../../test/messaging-world';

let world: MessagingWorld;
beforeAll(async () => {
  world = await messagingWorld();
});
afterAll(() => world.close());

describe('the cost of a text message', () => {
  it('is in the ledger, in segments', async () => {
    world.clock.time = noon;
    const person = await world.enrol();
    const request = sendRequest(person._id, text);
    expect(await world.send(request)).toEqual({ state: 'sent' });
    expect(await world.store.messages.find(`${request.enrolment.id}/${request.step}`)).toMatchObject({
      state: 'sent',
      segments: 1,
    });
  });

  it('stays within what the template allows, or the message is not sent', async () => {
    const person = await world.enrol();
    const reminder = { ...text, template: 'maintenance-reminder' };
    const long = sendRequest(person._id, {
      ...reminder,
      variables: { dueOn: '2026-03-10', model: 'Perua São João '.repeat(8) },
    });
    expect(await world.send(long)).toEqual({ state: 'failed', reason: 'too-many-segments' });
    expect(world.texts.received.filter(({ to }) => to === person.phone)).toEqual([]);
  });
});
