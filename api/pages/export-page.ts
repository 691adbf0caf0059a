import { html, type Html } from './html';

/** Everything that is held about a customer as lists that a person can read; empty groups are left out. */
export function exportBody(title: string, held: Readonly<Record<string, unknown>>): Html {
  return html`<h1>${title}</h1>
    ${Object.entries(held).map(([group, value]) => {
      const shown = readable(value);
      return shown === undefined
        ? null
        : html`<h2>${group}</h2>
            ${shown}`;
    })}`;
}

function readable(value: unknown): Html | undefined {
  if (value === null || value === undefined || value === '') return undefined;
  if (value instanceof Date) return html`${value.toISOString()}`;
  if (Array.isArray(value)) return list(value.map(readable));
  if (typeof value !== 'object') return html`${JSON.stringify(value).replace(/^"|"$/g, '')}`;
  return list(
    Object.entries(value).map(([name, inner]) => {
      const shown = readable(inner);
      return shown && html`<b>${name}</b>: ${shown}`;
    }),
  );
}

function list(items: readonly (Html | undefined)[]): Html | undefined {
  const shown = items.filter((item) => item !== undefined);
  return shown.length === 0
    ? undefined
    : html`<ul>
        ${shown.map((item) => html`<li>${item}</li>`)}
      </ul>`;
}
