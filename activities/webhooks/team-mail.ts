import { createHash } from 'node:crypto';
import Handlebars from 'handlebars';
import type { Configuration } from '../../domain/configuration';
import type { Locale } from '../../domain/locale';
import type { DeliveryDocument } from '../../store/deliveries';
import type { Store } from '../../store/store';
import { mailIdOf } from '../messaging/mail-id';
import { mayGo, type EmailProvider } from '../messaging/providers';
import type { Attempt, Told } from './deliver';

export interface TeamMailDependencies {
  readonly store: Pick<Store, 'deliveries'>;
  readonly configuration: Pick<Configuration, 'business' | 'email' | 'http' | 'keys'>;
  readonly email: Pick<EmailProvider, 'send'>;
}

/** Makes the function that writes an alert to those of the team whom it has not reached. */
export function createTeamMail({ store, configuration, email }: TeamMailDependencies) {
  const { business, http, keys } = configuration;

  return async (
    emails: readonly string[],
    delivery: DeliveryDocument,
    data: Told['data'],
  ): Promise<Attempt> => {
    const { _id, handed = [] } = delivery;
    const letter = letterOf(delivery, data, { locale: business.locale, publicUrl: http.publicUrl });
    let went: Attempt = { kind: 'delivered' };
    for (const to of emails) {
      const digest = digestOf(to);
      if (handed.includes(digest)) continue;
      const mailId = mailIdOf(_id, to, { from: configuration.email.from, secret: keys.secret });
      const mail = await email.send({ ...letter, to, mailId }, mayGo);
      if (mail.outcome === 'accepted') await store.deliveries.hand(_id, digest);
      // Whether it was taken is not known: it goes again under the same Message-ID. Better twice to us than not at all.
      else if (mail.outcome === 'refused' && went.kind !== 'later') {
        went = { kind: 'failed', reason: mail.reason };
      } else if (mail.outcome !== 'refused') went = { kind: 'later', reason: mail.reason };
    }
    return went;
  };
}

const { escapeExpression } = Handlebars;

const digestOf = (address: string): string =>
  createHash('sha256').update(address.trim().toLowerCase()).digest('base64url').slice(0, 16);

const words: Readonly<Record<Locale, { subject: string; customer: string; journey: string; open: string }>> =
  {
    en: { subject: 'Alert', customer: 'Customer', journey: 'Journey', open: 'Open the customer’s page' },
    'pt-BR': {
      subject: 'Alerta',
      customer: 'Cliente',
      journey: 'Jornada',
      open: 'Abrir a página do cliente',
    },
  };

/** What the team reads: ids and values that the journey gave, and where to see the person. */
function letterOf(
  { customerId, journey: of, to: alert }: DeliveryDocument,
  data: Told['data'],
  { locale, publicUrl }: { readonly locale: Locale; readonly publicUrl: string },
) {
  const { subject, customer, journey, open } = words[locale];
  const url = `${publicUrl}/console/customers?id=${encodeURIComponent(customerId)}`;
  const rows: readonly (readonly [string, string])[] = [
    [customer, customerId],
    [journey, of],
    ...Object.entries(data).map(
      ([name, value]) => [name, typeof value === 'string' ? value : JSON.stringify(value)] as const,
    ),
  ];
  const cells = rows.map(
    ([name, value]) =>
      `<tr><th align="left">${escapeExpression(name)}</th><td>${escapeExpression(value)}</td></tr>`,
  );
  return {
    subject: `${subject}: ${alert} (${customerId})`,
    text: `${rows.map(([name, value]) => `${name}: ${value}`).join('\n')}\n\n${open}: ${url}\n`,
    html: `<!doctype html><html lang="${locale}"><body><table cellpadding="4">${cells.join('')}</table><p><a href="${escapeExpression(url)}">${open}</a></p></body></html>`,
  };
}
