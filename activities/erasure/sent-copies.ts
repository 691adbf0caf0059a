import { z } from 'zod';
import type { Configuration, TwilioConfiguration } from '../../domain/configuration';
import type { ErasureDocument } from '../../store/erasures';
import { suppressionId } from '../../store/suppressions';

/** Copies of messages that stand where they were handed over. */
export interface SentCopies {
  /** Deletes those of an erased customer. What is gone already is no error. */
  remove(of: Pick<ErasureDocument, 'suppressionIds' | 'textIds'>): Promise<void>;
}

/** Milliseconds that one call may take. */
const patience = 5_000;

/**
 * Text messages at Twilio, whose words it keeps, and e-mails in a mail catcher (MailDev or Mailpit) where there is one. Mail
 * that a real server took is in its reader's mailbox, where nobody else deletes it.
 */
export function sentCopies({ sms, email }: Pick<Configuration, 'sms' | 'email'>): SentCopies {
  return {
    async remove({ suppressionIds, textIds }) {
      if (sms.twilio) for (const sid of textIds) await removeText(sms.twilio, sid);
      const mailbox = email.mailboxApiUrl ?? email.mailboxUrl;
      if (mailbox !== undefined) await removeCaught(mailbox, new Set(suppressionIds));
    },
  };
}

async function removeText(
  { accountSid, authToken, baseUrl }: TwilioConfiguration,
  sid: string,
): Promise<void> {
  const authorization = `Basic ${Buffer.from(`${accountSid}:${authToken}`).toString('base64')}`;
  const url = `${baseUrl}/2010-04-01/Accounts/${accountSid}/Messages/${encodeURIComponent(sid)}.json`;
  await call(url, { method: 'DELETE', headers: { authorization } });
}

const addressed = z.array(z.object({ address: z.string() })).nullish();

/** A caught mail, as MailDev lists it. */
const caught = z.object({ id: z.string(), to: addressed, envelope: z.object({ to: addressed }).optional() });
const caughtList = z.union([
  z.array(caught),
  z.object({ emails: z.array(caught) }).transform(({ emails }) => emails),
]);

const pitAddressed = z.array(z.object({ Address: z.string() })).nullish();
/** A page of what Mailpit caught, as it lists it. */
const pitPage = z.object({
  messages: z.array(z.object({ ID: z.string(), To: pitAddressed, Cc: pitAddressed, Bcc: pitAddressed })),
});
/** Most mails that one call to Mailpit is to list; it may list fewer. */
const pageSize = 500;

async function removeCaught(mailboxUrl: string, ids: ReadonlySet<string>): Promise<void> {
  if (ids.size === 0) return;
  const isTheirs = (address: string) => ids.has(suppressionId({ channel: 'email', address }));
  const answer = await call(`${mailboxUrl}/api/email`, {});
  const isMailDev = answer.headers.get('content-type')?.includes('json') === true;
  if (answer.status === 404 || !isMailDev) {
    await removeFromMailpit(mailboxUrl, isTheirs);
    return;
  }
  const mails = caughtList.parse(await answer.json());
  for (const { id, to, envelope } of mails) {
    const addresses = [...(to ?? []), ...(envelope?.to ?? [])];
    if (!addresses.some(({ address }) => isTheirs(address))) continue;
    await call(`${mailboxUrl}/api/email/${encodeURIComponent(id)}`, { method: 'DELETE' });
  }
}

/**
 * The addresses are known by their digests only, so all mails are gone through: `GET` and `DELETE /api/v1/messages` of
 * Mailpit's API (mailpit.axllent.org/docs/api-v1). It lists the newest first, with recipients of the envelope whom no header
 * names as `Bcc`, and deletes every mail where it is given no ids.
 */
async function removeFromMailpit(url: string, isTheirs: (address: string) => boolean): Promise<void> {
  const theirs: string[] = [];
  for (let start = 0; ;) {
    const answer = await call(`${url}/api/v1/messages?start=${start}&limit=${pageSize}`, {});
    if (answer.status === 404) return;
    const { messages } = pitPage.parse(await answer.json());
    for (const { ID, To, Cc, Bcc } of messages) {
      const addresses = [...(To ?? []), ...(Cc ?? []), ...(Bcc ?? [])];
      if (addresses.some(({ Address }) => isTheirs(Address))) theirs.push(ID);
    }
    if (messages.length === 0) break;
    start += messages.length;
  }
  if (theirs.length === 0) return;
  await call(`${url}/api/v1/messages`, {
    method: 'DELETE',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ IDs: theirs }),
  });
}

/** @throws Error - it failed otherwise than by having nothing there; it quotes no address */
async function call(url: string, request: RequestInit): Promise<Response> {
  const { username, password, ...rest } = credentialsApart(url);
  const headers = new Headers(request.headers);
  if (username !== '') {
    const pair = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
    headers.set('authorization', `Basic ${Buffer.from(pair).toString('base64')}`);
  }
  const response = await fetch(rest.address, { ...request, headers, signal: AbortSignal.timeout(patience) });
  if (response.ok || response.status === 404) return response;
  throw new Error(`${request.method ?? 'GET'} is answered with status ${response.status}`);
}

/** A catcher behind a password has it in its address, which `fetch` refuses. */
function credentialsApart(url: string): { username: string; password: string; address: string } {
  const parsed = new URL(url);
  const { username, password } = parsed;
  parsed.username = '';
  parsed.password = '';
  return { username, password, address: parsed.href };
}
