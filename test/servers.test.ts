import { defineSearchAttributeKey } from '@temporalio/common';
import { createTransport } from 'nodemailer';
import { mailSink, testDatabase, testTemporal, uniqueName } from './servers';

describe('testDatabase', () => {
  it('is empty, takes transactions, and is gone once closed', async () => {
    const one = await testDatabase();
    const other = await testDatabase();
    await one.client.withSession((session) =>
      session.withTransaction(() => one.db.collection('customers').insertOne({ name: 'Ana' }, { session })),
    );
    expect(await one.db.collection('customers').countDocuments()).toBe(1);
    expect(await other.db.listCollections().toArray()).toEqual([]);
    await one.close();
    const { databases } = await other.client.db().admin().listDatabases();
    expect(databases.map((database) => database.name)).not.toContain(one.db.databaseName);
    await other.close();
  });
});

describe('testTemporal', () => {
  it('serves workflows that carry the search attributes', async () => {
    const { client, close } = await testTemporal();
    const customer = uniqueName('customer');
    const customerId = defineSearchAttributeKey('CustomerId', 'KEYWORD');
    const handle = await client.workflow.start('onboarding', {
      taskQueue: uniqueName('queue'),
      workflowId: customer,
      typedSearchAttributes: [{ key: customerId, value: customer }],
    });
    expect((await handle.describe()).typedSearchAttributes.get(customerId)).toBe(customer);
    await handle.terminate();
    await close();
  });
});

describe('mailSink', () => {
  it('gives each e-mail once, waits for those to come, and takes only those asked for', async () => {
    const sink = await mailSink();
    const transport = createTransport(sink.url);
    const mail = { from: 'Perene <ola@perene.example>', to: 'ana@example.com', text: 'Olá' };
    const later = sink.next((received) => received.subject === 'second');
    await transport.sendMail({ ...mail, subject: 'first' });
    await transport.sendMail({
      ...mail,
      subject: 'second',
      headers: { 'List-Unsubscribe': '<https://a.example>' },
    });
    expect(await later).toMatchObject({ from: 'ola@perene.example', to: ['ana@example.com'], text: 'Olá\n' });
    expect((await sink.next()).subject).toBe('first');
    await expect(sink.next(undefined, 1)).rejects.toThrow('2 of any kind arrived');
    transport.close();
    await sink.close();
  });

  it('refuses, cuts off after having taken it, and then goes on', async () => {
    const sink = await mailSink();
    const transport = createTransport(sink.url);
    const mail = { from: 'ola@perene.example', to: 'ana@example.com', text: 'Olá' };
    sink.inject(
      { kind: 'reject', code: 451 },
      { kind: 'reject', code: 550, at: 'recipient' },
      { kind: 'drop' },
      { kind: 'delay', ms: 1 },
    );
    await expect(transport.sendMail({ ...mail, subject: 'busy' })).rejects.toMatchObject({
      responseCode: 451,
    });
    await expect(transport.sendMail({ ...mail, subject: 'unknown' })).rejects.toMatchObject({
      responseCode: 550,
    });
    await expect(transport.sendMail({ ...mail, subject: 'cut off' })).rejects.toThrow();
    await transport.sendMail({ ...mail, subject: 'taken' });
    expect(sink.received.map((received) => received.subject)).toEqual(['cut off', 'taken']);
    transport.close();
    await sink.close();
  });

  it('names a free port as an SMTP_URL', async () => {
    const sinks = await Promise.all([mailSink(), mailSink()]);
    expect(new Set(sinks.map((sink) => sink.url)).size).toBe(2);
    await Promise.all(sinks.map((sink) => sink.close()));
    await expect(createTransport(sinks[0].url).verify()).rejects.toThrow('ECONNREFUSED');
  });
});
