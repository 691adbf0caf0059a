import type { Locale } from '../../domain/locale';
import type { Finding } from './expand';
import type { Place } from './problem';
import type { TemplateSource } from './sources';
import type { Use } from './uses';

/** What a reply must say to stop text messages, by the language of the message that asks for it. */
const stopWords: Record<Locale, string> = { en: 'STOP', 'pt-BR': 'PARE' };

const mustShow = {
  email: ['business.name', 'links.unsubscribe', 'links.preferences'],
  sms: ['business.name'],
} as const;

/** What the law and good manners ask of marketing: who speaks, and how to make it stop. */
export function checkMarketing(
  { channel, purpose }: TemplateSource,
  message: {
    readonly locale: Locale;
    readonly text: string;
    readonly uses: readonly Use[];
    readonly place: Place;
  },
): Finding[] {
  if (purpose !== 'marketing') return [];
  const findings = mustShow[channel]
    .filter((name) => !message.uses.some(({ path, as }) => as === 'text' && path.join('.') === name))
    .map((name) => ({ ...message.place, message: `marketing must show {{${name}}}; put it in` }));
  const stop = stopWords[message.locale];
  if (channel === 'sms' && !message.text.includes(stop)) {
    findings.push({
      ...message.place,
      message: `marketing must say how to stop it; ask for the reply ${stop}`,
    });
  }
  return findings;
}
