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
 * Text messages at Twilio, whose words it keeps, and e-mails in a mail catcher where there is one. Mail that a real
 * server took is in its reader's mailbox, where nobody else deletes it.
 */
export function sentCopies({ sms, email }: Pick<Configuration, 'sms' | 'email'>): SentCopies {
  return {
    async remove({ suppressionIds, textIds }) {
      if (sms.twilio) for (const sid of textIds) await removeText(sms.twilio, sid);
      if (email.mailboxUrl !== undefined) await removeCaught(email.mailboxUrl, new Set(suppressionIds));
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

/** A caught mail, as MailDev lists it. */
const caught = z.object({
  id: z.string(),
  to: z.array(z.object({ address: z.string() })).default([]),
  envelope: z.object({ to: z.array(z.object({ address: z.string() })).default([]) }).optional(),
});
const caughtList = z.union([
  z.array(caught),
  z.object({ emails: z.array(caught) }).transform(({ emails }) => emails),
]);

async function removeCaught(mailboxUrl: string, ids: ReadonlySet<string>): Promise<void> {
  if (ids.size === 0) return;
  const answer = await call(`${mailboxUrl}/api/email`, {});
  if (answer.status === 404) return;
  const mails = caughtList.parse(await answer.json());
  for (const { id, to, envelope } of mails) {
    const addresses = [...to, ...(envelope?.to ?? [])];
    if (!addresses.some(({ address }) => ids.has(suppressionId({ channel: 'email', address })))) continue;
    await call(`${mailboxUrl}/api/email/${encodeURIComponent(id)}`, { method: 'DELETE' });
  }
}

/** @throws Error - it failed otherwise than by having nothing there; it quotes no address */
async function call(url: string, request: RequestInit): Promise<Response> {
  const response = await fetch(url, { ...request, signal: AbortSignal.timeout(patience) });
  if (response.ok || response.status === 404) return response;
  throw new Error(`${request.method ?? 'GET'} is answered with status ${response.status}`);
}
