import type { FastifyReply } from 'fastify';
import type { Configuration } from '../../domain/configuration';
import { nearestLocale, type Locale } from '../../domain/locale';
import type { CustomerDocument } from '../../store/customers';
import { html, type Html } from './html';
import { sendPage } from './public-page';
import { publicWords } from './public-words';

/** The language in which somebody reads, and the business that writes. */
export interface PageReader {
  readonly locale: Locale;
  readonly business: string;
}

/** In which language a customer reads. */
export const readerOf = (
  customer: Pick<CustomerDocument, 'locale'> | null,
  { business }: Pick<Configuration, 'business'>,
): PageReader => ({ locale: nearestLocale(customer?.locale, business.locale), business: business.name });

/** Sends a page in the reader's language. */
export const page = (reply: FastifyReply, reader: PageReader, title: string, body: Html): FastifyReply =>
  sendPage(reply, 200, { ...reader, title, body });

/** Sends a page that says one thing. */
export const note = (
  reply: FastifyReply,
  reader: PageReader,
  { title, text, status = 200 }: { readonly title: string; readonly text: string; readonly status?: number },
): FastifyReply =>
  sendPage(reply, status, {
    ...reader,
    title,
    body: html`<h1>${title}</h1>
      <p>${text}</p>`,
  });

/** Says that a link does not work, in the language that the browser asks for. */
export function sendInvalid(
  reply: FastifyReply,
  { business }: Pick<Configuration, 'business'>,
  languages: string | undefined,
): FastifyReply {
  const locale = nearestLocale(languages?.split(/[,;]/)[0], business.locale);
  return note(reply, { locale, business: business.name }, { ...publicWords[locale].invalid, status: 400 });
}
