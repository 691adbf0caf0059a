import { createHash } from 'node:crypto';
import Handlebars from 'handlebars';
import type { Configuration } from '../../domain/configuration';
import { stepKey } from '../../domain/enrolment';
import type { Locale } from '../../domain/locale';
import type { DeliveryDocument } from '../../store/deliveries';
import type { Store } from '../../store/store';
import type { AlertRequest, JourneyActivities } from '../contract';
import { mailIdOf } from '../messaging/mail-id';
import { mayGo, type EmailProvider } from '../messaging/providers';
import type { Attempt, createDeliver } from './deliver';
import type { PostTo } from './webhooks';

export interface AlertDependencies {
  readonly store: Pick<Store, 'alerts' | 'deliveries'>;
  readonly configuration: Pick<Configuration, 'business' | 'email' | 'http' | 'keys'>;
  readonly email: Pick<EmailProvider, 'send'>;
  readonly deliver: ReturnType<typeof createDeliver>;
  readonly post: PostTo;
}

/** How journeys tell the team: by e-mail to each of its addresses, and by a webhook where the alert has one. */
export function createAlerts({
  store,
  configuration,
  email,
  deliver,
  post,
}: AlertDependencies): Pick<JourneyActivities, 'alertTeam'> {
  const { business, http, keys } = configuration;

  /** Writes to those of the team whom this alert has not reached. */
  async function write(
    emails: readonly string[],
    { _id, handed = [] }: DeliveryDocument,
    request: AlertRequest,
  ): Promise<Attempt> {
    const letter = letterOf(request, business.locale, http.publicUrl);
    let went: Attempt = { kind: 'delivered' };
    for (const to of emails) {
      const digest = digestOf(to);
      if (handed.includes(digest)) continue;
      const mailId = mailIdOf(_id, to, { from: configuration.email.from, secret: keys.secret });
      const delivery = await email.send({ ...letter, to, mailId }, mayGo);
      if (delivery.outcome === 'accepted') await store.deliveries.hand(_id, digest);
      // Whether it was taken is not known: it goes again under the same Message-ID. Better twice to us than not at all.
      else if (delivery.outcome === 'refused' && went.kind !== 'later') {
        went = { kind: 'failed', reason: delivery.reason };
      } else if (delivery.outcome !== 'refused') went = { kind: 'later', reason: delivery.reason };
    }
    return went;
  }

  return {
    async alertTeam(request) {
      const { enrolment, step, alert, data, patience } = request;
      const id = stepKey(enrolment.id, step);
      const order = { enrolment, step, kind: 'alert', to: alert, patience } as const;
      const settings = await store.alerts.find(alert);
      const mailed = await deliver({ ...order, id }, async (planned) =>
        settings && (settings.emails.length > 0 || settings.webhook !== undefined)
          ? write(settings.emails, planned, request)
          : { kind: 'failed', reason: 'nobody-to-tell' },
      );
      const webhook = settings?.webhook;
      if (webhook === undefined || mailed.state === 'deferred' || mailed.state === 'suppressed')
        return mailed;
      const called = await deliver({ ...order, id: `${id}~webhook` }, (planned, customer) =>
        post(webhook, planned, { data, personal: [], customer }),
      );
      return called.state === 'delivered' ? mailed : called;
    },
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
function letterOf({ enrolment, alert, data }: AlertRequest, locale: Locale, publicUrl: string) {
  const { subject, customer, journey, open } = words[locale];
  const url = `${publicUrl}/console/customers?id=${encodeURIComponent(enrolment.customerId)}`;
  const rows: readonly (readonly [string, string])[] = [
    [customer, enrolment.customerId],
    [journey, enrolment.journey],
    ...Object.entries(data).map(
      ([name, value]) => [name, typeof value === 'string' ? value : JSON.stringify(value)] as const,
    ),
  ];
  const cells = rows.map(
    ([name, value]) =>
      `<tr><th align="left">${escapeExpression(name)}</th><td>${escapeExpression(value)}</td></tr>`,
  );
  return {
    subject: `${subject}: ${alert} (${enrolment.customerId})`,
    text: `${rows.map(([name, value]) => `${name}: ${value}`).join('\n')}\n\n${open}: ${url}\n`,
    html: `<!doctype html><html lang="${locale}"><body><table cellpadding="4">${cells.join('')}</table><p><a href="${escapeExpression(url)}">${open}</a></p></body></html>`,
  };
}
