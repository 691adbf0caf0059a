import type { Configuration } from '../domain/configuration';
import { locales } from '../domain/locale';
import type { Channel, Purpose } from '../domain/messages';
import { templateMeta } from '../domain/templates.gen';
import type { OfferDocument } from '../store/offers';
import { renderEmail, renderSms } from '../templates/render';

/** What is wrong with a message before it goes to anybody, in words; undefined where nothing is. */
export function faultOf(
  {
    channel,
    template,
    variables,
  }: {
    readonly channel: Channel;
    readonly template: string;
    readonly variables: Readonly<Record<string, unknown>>;
  },
  { business, offer }: Pick<Configuration, 'business'> & { readonly offer: OfferDocument | null },
): string | undefined {
  const known: Readonly<Record<string, { readonly purpose: Purpose }>> = templateMeta[channel];
  const meta = Object.hasOwn(known, template) ? known[template] : undefined;
  if (!meta)
    return `template: no ${channel} template has this name; there are ${Object.keys(known).join(', ')}`;
  if (meta.purpose !== 'marketing')
    return 'template: it answers a person’s own act; a broadcast is marketing';
  const render = channel === 'email' ? renderEmail : renderSms;
  try {
    for (const locale of locales) {
      render(template, {
        locale,
        timeZone: business.timeZone,
        variables,
        customer: { firstName: 'Ana' },
        business,
        links: { unsubscribe: 'https://example.com/u', preferences: 'https://example.com/p' },
        ...(offer && { offer }),
      });
    }
    return undefined;
  } catch (error) {
    return `variables: ${error instanceof Error ? error.message : 'the template cannot be filled'}`;
  }
}
