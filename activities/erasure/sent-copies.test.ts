import { z } from 'zod';
import { suppressionId } from '../../store/suppressions';
import { provider } from '../../test/provider';
import { sentCopies } from './sent-copies';

/** A Mailpit that holds so many mails to others, and four to Ana in each way that an address may stand. */
function mailpit(others: number) {
  const to = (Address: string) => [{ Name: '', Address }];
  let mails = [
    ...Array.from({ length: others }, (_, i) => ({ ID: `other-${i}`, To: to(`other-${i}@example.com`) })),
    { ID: 'ana-1', To: to('ana@example.com'), Cc: null, Bcc: null },
    { ID: 'ana-2', To: to('ANA@Example.com'), Cc: [], Bcc: [] },
    { ID: 'ana-3', To: to('team@motors.example'), Cc: to('ana@example.com') },
    { ID: 'ana-4', To: null, Bcc: to('ana@example.com') },
  ];
  return {
    ids: () => mails.map(({ ID }) => ID),
    answer: (line: string, body: string): readonly [number, unknown?] => {
      const page = /^GET \/api\/v1\/messages\?start=(\d+)&limit=(\d+)$/.exec(line);
      if (page) {
        const start = Number(page[1]);
        // One that lists fewer than it is asked for.
        const limit = Math.min(Number(page[2]), 300);
        return [200, { total: mails.length, messages: mails.slice(start, start + limit) }];
      }
      if (line !== 'DELETE /api/v1/messages') return [404];
      const { IDs } = z.object({ IDs: z.array(z.string()).default([]) }).parse(JSON.parse(body));
      mails = IDs.length === 0 ? [] : mails.filter(({ ID }) => !IDs.includes(ID));
      return [200];
    },
  };
}

const email = { smtpUrl: 'smtp://localhost:1', from: 'ola@motors.example', ratePerSecond: 1 };
const sms = { ratePerSecond: 1 };
const ana = [suppressionId({ channel: 'email', address: 'ana@example.com' })];

describe('mails in Mailpit', () => {
  it('are deleted by address, on every page, and nobody else’s', async () => {
    const pit = mailpit(700);
    const server = await provider(pit.answer);
    const copies = sentCopies({ sms, email: { ...email, mailboxApiUrl: server.url } });
    await copies.remove({ suppressionIds: ana, textIds: [] });
    expect(pit.ids()).toHaveLength(700);
    expect(pit.ids().some((id) => id.startsWith('ana'))).toBe(false);

    // Given no ids, Mailpit would delete every mail: where there is nothing it is not asked to.
    await copies.remove({ suppressionIds: ana, textIds: [] });
    expect(pit.ids()).toHaveLength(700);
    expect(server.asked.filter(({ line }) => line.startsWith('DELETE'))).toHaveLength(1);
    expect(JSON.stringify(server.asked)).not.toContain('@');
    await server.close();
  });

  it('are deleted behind the password that its address has', async () => {
    const pit = mailpit(1);
    const server = await provider(pit.answer);
    const mailboxUrl = server.url.replace('://', '://team:p%40ss@');
    await sentCopies({ sms, email: { ...email, mailboxUrl } }).remove({ suppressionIds: ana, textIds: [] });
    expect(pit.ids()).toEqual(['other-0']);
    const basic = `Basic ${Buffer.from('team:p@ss').toString('base64')}`;
    expect(server.asked.every(({ authorization }) => authorization === basic)).toBe(true);
    await server.close();
  });

  it('that cannot be reached are an error, without an address in it, so that they are tried again', async () => {
    const server = await provider(() => [503]);
    const copies = sentCopies({ sms, email: { ...email, mailboxUrl: server.url } });
    await expect(copies.remove({ suppressionIds: ana, textIds: [] })).rejects.toThrow(
      'GET is answered with status 503',
    );
    await server.close();
    await expect(copies.remove({ suppressionIds: ana, textIds: [] })).rejects.toThrow();
  });
});

describe('text messages at Twilio', () => {
  const account = `AC${'a'.repeat(32)}`;
  const [one, two] = [`SM${'1'.repeat(32)}`, `SM${'2'.repeat(32)}`];
  const twilio = (baseUrl: string) => ({
    sms: {
      ...sms,
      twilio: {
        accountSid: account,
        authToken: 'token',
        messagingServiceSid: `MG${'b'.repeat(32)}`,
        baseUrl,
      },
    },
    email,
  });

  it('are deleted one by one, with the account’s credentials, as its API wants it', async () => {
    const server = await provider(() => [204]);
    await sentCopies(twilio(server.url)).remove({ suppressionIds: [], textIds: [one, two] });
    expect(server.asked).toEqual(
      [one, two].map((sid) => ({
        line: `DELETE /2010-04-01/Accounts/${account}/Messages/${sid}.json`,
        authorization: `Basic ${Buffer.from(`${account}:token`).toString('base64')}`,
        body: '',
      })),
    );
    await server.close();
  });

  it('are all gone after as many tries as it takes: what is deleted already is no error', async () => {
    const kept = new Set([one, two]);
    let calls = 0;
    const server = await provider((line) => {
      calls += 1;
      if (calls === 2) return [429];
      const sid = /Messages\/(\w+)\.json/.exec(line)?.[1] ?? '';
      return [kept.delete(sid) ? 204 : 404];
    });
    const copies = sentCopies(twilio(server.url));
    const wanted = { suppressionIds: [], textIds: [one, two] };
    await expect(copies.remove(wanted)).rejects.toThrow('DELETE is answered with status 429');
    expect([...kept]).toEqual([two]);
    await copies.remove(wanted);
    expect([...kept]).toEqual([]);
    await server.close();
  });
});
