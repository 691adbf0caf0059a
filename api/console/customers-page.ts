import type { CustomerDocument } from '../../store/customers';
import { html, type Html } from '../pages/html';
import { customerWords } from './customer-words';
import type { Desk } from './layout';
import { customerLink, table } from './parts';

/** What the page of customers shows. */
export interface CustomersView {
  /** The latest, or those who were found. */
  readonly customers: readonly CustomerDocument[];
  /** Whether somebody was looked for. */
  readonly isSearch: boolean;
}

/** The latest customers, or those who share what was looked for. */
export function customersPage(desk: Desk, { customers, isSearch }: CustomersView): Html {
  const words = customerWords[desk.locale];
  const title = isSearch ? words.found(desk.format.number(customers.length)) : words.latest;
  return html`<h1>${words.title}</h1>
    <form class="card" method="post" action="/console/customers">
      <label
        >${words.search}<input name="who" required maxlength="254" autocomplete="off" aria-describedby="hint"
      /></label>
      <p class="soft small" id="hint">${words.searchHint}</p>
      <button>${words.act}</button>
    </form>
    ${isSearch && customers.length === 0 && html`<p class="notice" role="status">${words.notFound}</p>`}
    ${!isSearch && customers.length === 0 && html`<p class="soft">${words.none}</p>`}
    ${
      customers.length > 0 &&
      html`<h2>${title}</h2>
        ${customerTable(desk, { customers, title })}`
    }`;
}

function customerTable(
  desk: Desk,
  { customers, title }: { readonly customers: readonly CustomerDocument[]; readonly title: string },
): Html {
  const words = customerWords[desk.locale];
  const { format } = desk;
  return table({
    label: title,
    columns: [
      words.id,
      [words.fields.name, 'wide'],
      [words.fields.locale, 'soft'],
      [words.fields.signedUpAt, 'soft'],
      [words.came, 'soft'],
    ],
    rows: customers.map(({ _id, firstName, lastName, locale, signedUpAt, createdAt, erasedAt }) => [
      customerLink(_id),
      erasedAt
        ? html`<span class="chip warn">${words.erased}</span>`
        : [firstName, lastName].filter((part) => part !== undefined).join(' '),
      locale && format.language(locale),
      signedUpAt && format.date(signedUpAt),
      format.date(createdAt),
    ]),
  });
}
