import type { Journey } from '../../workflows/engine/journey';
import type { JourneyResults, Lift } from '../journey-results';
import { html, type Html } from '../pages/html';
import type { Desk } from './layout';
import { resultWords } from './result-words';

type Figures = JourneyResults['holdout']['treated'];
interface Row {
  readonly name: string;
  readonly figures: Figures;
  readonly against?: Html;
}

/** What a journey and its splits bring, in words; the same figures as `GET /v1/journeys/:name/results`. */
export function resultsPage(desk: Desk, journey: Journey, { holdout, splits }: JourneyResults): Html {
  const words = resultWords[desk.locale];
  const { groups } = words;
  const rows: Row[] = [
    { name: groups.treated, figures: holdout.treated },
    ...(journey.holdout > 0 ? [{ name: groups.control, figures: holdout.control }] : []),
    ...(sizeOf(holdout.untouched) > 0 ? [{ name: groups.untouched, figures: holdout.untouched }] : []),
  ];
  return html`<p class="small"><a href="/console/journeys/${journey.name}">← ${journey.name}</a></p>
    <h1>${words.title}: ${journey.name}</h1>
    <p class="lead soft">${words.lead}</p>
    ${journey.goal.length === 0 && html`<p class="notice">${words.noGoal}</p>`}
    <h2>${words.control}</h2>
    <section class="card">
      <p class="verdict">
        <b>${journey.holdout === 0 ? words.noControl : verdict(desk, holdout.lift)}</b>
      </p>
      ${journey.holdout > 0 && ratio(desk, holdout.ratioAlarm)}
      ${figureTable(desk, { title: words.group, rows, level: 3 })}
    </section>
    <h2>${words.splits}</h2>
    ${splits.length === 0 ? html`<p class="soft">${words.noSplits}</p>` : splits.map((split) => splitCard(desk, split))}`;
}

function splitCard(desk: Desk, { name, adaptive, arms, ratioAlarm }: JourneyResults['splits'][number]): Html {
  const words = resultWords[desk.locale];
  const rows = arms.map(({ arm, difference, ...figures }, i): Row => {
    const against = i === 0 ? html`<span class="soft">${words.first}</span>` : verdict(desk, difference);
    return { name: arm, figures, ...(!adaptive && { against }) };
  });
  return html`<section class="card split">
    <h3>${name}</h3>
    ${adaptive ? html`<p class="soft">${words.adaptive}</p>` : ratio(desk, ratioAlarm)}
    ${figureTable(desk, { title: words.arm, rows, level: 4 })}
  </section>`;
}

/** A difference in a sentence: proven only where its interval leaves nothing out. */
function verdict({ locale, format }: Desk, lift: Lift): Html {
  const words = resultWords[locale];
  if (!lift) return html`${words.tooFew}`;
  const { difference, low, high } = lift;
  const say = low > 0 ? words.better : high < 0 ? words.worse : words.unsure;
  const tone = low > 0 ? 'good' : high < 0 ? 'bad' : '';
  return html`<span class="said ${tone}"
    >${say(format.points(difference), format.points(low), format.points(high))}</span
  >`;
}

function ratio({ locale }: Desk, alarm: boolean | null): Html {
  const words = resultWords[locale].ratio;
  if (alarm === true) return html`<p class="notice" role="alert">${words.alarm}</p>`;
  return html`<p class="soft small">${alarm === null ? words.unknown : words.fine}</p>`;
}

/** `level` is that of the heading of each row. */
function figureTable(
  desk: Desk,
  { title, rows, level }: { readonly title: string; readonly rows: readonly Row[]; readonly level: 3 | 4 },
): Html {
  const words = resultWords[desk.locale];
  const { format } = desk;
  if (rows.every(({ figures }) => sizeOf(figures) === 0))
    return html`<p class="soft">${words.nothingYet}</p>`;
  const heading = (words: Html): Html => (level === 3 ? html`<h3>${words}</h3>` : html`<h4>${words}</h4>`);
  const compares = rows.some(({ against }) => against !== undefined);
  const widest = Math.max(
    ...rows.filter(({ figures }) => figures.customers > 0).map(({ figures }) => figures.high),
    0.01,
  );
  return html`<div class="results">
    ${rows.map(
      ({ name, figures, against }) =>
        html`<div class="result">
          ${heading(html`<span class="soft small">${title}</span> ${name}`)}
          ${
            figures.customers === 0
              ? html`<p class="soft">${words.nothingYet}</p>`
              : html`<p>
                    <b>${format.share(figures.converted / figures.customers)}</b>
                    <span class="soft"
                      >${words.converted}:
                      ${words.of(format.number(figures.converted), format.number(figures.customers))}</span
                    >
                  </p>
                  ${interval(figures, widest)}
                  <p class="soft small">
                    ${words.range} ${words.between(format.share(figures.low), format.share(figures.high))}
                  </p>`
          }
          ${figures.open > 0 && html`<p class="soft small">${words.open}: ${format.number(figures.open)}</p>`}
          ${compares && against && html`<p>${against}</p>`}
        </div>`,
    )}
  </div>`;
}

/** The interval as a bar on a scale that all groups share, with a mark at the share that was seen. */
function interval({ converted, customers, low, high }: Figures, widest: number): Html {
  const at = (share: number): string => ((share / widest) * 100).toFixed(2);
  return html`<svg class="bar interval" viewBox="0 0 100 4" preserveAspectRatio="none" aria-hidden="true">
    <rect x="${at(low)}" width="${at(high - low)}" height="4" />
    <rect class="seen" x="${at(Math.min(converted / customers, widest * 0.99))}" width="0.8" height="4" />
  </svg>`;
}

const sizeOf = ({ customers, open }: Figures): number => customers + open;
