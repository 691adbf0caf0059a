import { abuseReport, deliveryNotification } from '../../test/mail-reports';
import { readMail } from './mail-reports';

const mailId = '<sealed@motors.example>';
const read = (raw: string) => readMail(Buffer.from(raw.replace(/\n/g, '\r\n')));

describe('readMail', () => {
  it.each([
    ['Status: 5.1.1', '', { kind: 'bounce', hard: true, status: '5.1.1' }],
    [
      'Status: 5.0.0',
      'smtp; 550-5.1.1 The email account that you tried',
      { kind: 'bounce', hard: true, status: '5.1.1' },
    ],
    ['Status: 5.2.2', 'smtp; 552 5.2.2 Mailbox full', { kind: 'bounce', hard: false, status: '5.2.2' }],
    ['Status: 5.7.1', 'smtp; 554 5.7.1 Rejected as spam', { kind: 'bounce', hard: false, status: '5.7.1' }],
    ['Status: 4.4.7', 'smtp; delivery time expired', { kind: 'bounce', hard: false, status: '4.4.7' }],
    ['Status: unreadable', '', { kind: 'bounce', hard: false }],
  ])('classifies a notification with %s %s', async (status, diagnostic, report) => {
    const raw = deliveryNotification(mailId, { action: 'failed', status: status.slice(8), diagnostic });
    expect(await read(raw)).toEqual({ report, mailIds: [mailId] });
  });

  it('takes no delay for a failure, and a confirmation for what it is', async () => {
    const delayed = deliveryNotification(mailId, { action: 'delayed', status: '4.4.1' });
    expect((await read(delayed)).report).toEqual({ kind: 'none' });
    const delivered = deliveryNotification(mailId, { action: 'delivered', status: '2.0.0' });
    expect((await read(delivered)).report).toEqual({ kind: 'delivered' });
  });

  it.each([
    ['abuse', { kind: 'complaint', feedback: 'abuse' }],
    ['fraud', { kind: 'complaint', feedback: 'fraud' }],
    ['unheard-of', { kind: 'complaint', feedback: 'other' }],
    ['opt-out', { kind: 'opt-out' }],
    ['not-spam', { kind: 'none' }],
    ['auth-failure', { kind: 'none' }],
  ])('reads feedback of type %s', async (type, report) => {
    expect(await read(abuseReport(mailId, type))).toEqual({ report, mailIds: [mailId] });
  });

  it('reads a bounce in words', async () => {
    const raw = `From: MAILER-DAEMON@mx.example
To: ola@motors.example
Subject: failure notice

<ana@example.com>: host mx.example said: 550 #5.1.1 user unknown

--- Below this line is a copy of the message.
Message-ID: ${mailId}
Subject: hello
`;
    expect(await read(raw)).toEqual({
      report: { kind: 'bounce', hard: true, status: '5.1.1' },
      mailIds: [mailId],
    });
  });

  it('reads what somebody wrote above the quotation', async () => {
    const raw = `From: ana@example.com
To: ola@motors.example
Subject: Re: hello
In-Reply-To: ${mailId}
References: <first@elsewhere.example> ${mailId}

Sim, na sexta.

Em ter., 3 de mar. de 2026, Perene Motors escreveu:
> Quando fica bom?
`;
    const { report, mailIds } = await read(raw);
    expect(report).toEqual({ kind: 'reply', text: 'Sim, na sexta.' });
    expect(mailIds).toContain(mailId);
  });

  it('takes no absence note for a reply', async () => {
    const raw = `From: ana@example.com\nSubject: Ausente\nIn-Reply-To: ${mailId}\nAuto-Submitted: auto-replied\n\nVolto na segunda.\n`;
    expect((await read(raw)).report).toEqual({ kind: 'none' });
  });

  it('finds nothing in anything else', async () => {
    for (const raw of [
      '',
      '\0\xff',
      'no headers at all',
      'Content-Type: multipart/report; boundary=x\n\n--x\n',
    ])
      expect((await read(raw)).mailIds).toEqual([]);
  });

  it.each([
    ['a header of megabytes', `Subject: ${'a'.repeat(3_000_000)}\n\nhello`, 'none'],
    [
      'the beginning of a quoted Message-ID',
      `From: mailer-daemon@x\n\nMessage-ID: <${'@'.repeat(300_000)}`,
      'none',
    ],
    ['the beginning of an In-Reply-To', `In-Reply-To: <${'@'.repeat(300_000)}\n\nhello`, 'reply'],
    ['bytes', '\0\u00ff\u00fe', 'reply'],
  ])('is not held up by a hostile e-mail: %s', async (_name, raw, kind) => {
    const found = await read(raw);
    expect([found.report.kind, found.mailIds]).toEqual([kind, []]);
  });
});
