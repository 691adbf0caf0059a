import type { Locale } from '../../domain/locale';
import { topics } from '../../domain/messages';
import type { ChannelPreferences } from '../preferences';
import { html, type Html } from './html';
import { preferencesText, publicWords } from './public-words';

/** What the page on which somebody chooses shows. */
export interface PreferencesView {
  readonly preferences: readonly ChannelPreferences[];
  /** Whether openings and clicks are recorded; undefined where the business records none. */
  readonly isMeasured: boolean | undefined;
  /** The date from which on something is sent again, in words; undefined where nothing is paused. */
  readonly pausedUntil: string | undefined;
  readonly isSaved: boolean;
}

/** The page on which somebody chooses what they are sent, and pauses it. */
export function preferencesBody(locale: Locale, view: PreferencesView): Html {
  const { preferences: words } = publicWords[locale];
  const { preferences, isMeasured, pausedUntil, isSaved } = view;
  const isAsked = preferences.some(({ awaited }) => awaited.size > 0);
  const getsAny = preferences.some(({ wanted }) => wanted.size > 0);
  return html`${isSaved && html`<p class="done" role="status">${words.saved} ${isAsked && words.asked}</p>`}
    <h1>${words.title}</h1>
    ${pausedUntil !== undefined && pausedNotice(locale, pausedUntil)}
    ${preferences.length === 0 ? html`<p>${words.nothing}</p>` : choices(locale, preferences, isMeasured)}
    ${pausedUntil === undefined && getsAny && pauseOffer(locale)}`;
}

function pausedNotice(locale: Locale, until: string): Html {
  const { pause } = publicWords[locale];
  return html`<form method="post" class="done" role="status">
    <b>${pause.on(until)}</b>
    <p class="soft">${pause.onAbout}</p>
    <button class="quiet" name="pause" value="end">${pause.end}</button>
  </form>`;
}

function pauseOffer(locale: Locale): Html {
  const { pause } = publicWords[locale];
  return html`<form method="post">
    <h2>${pause.title}</h2>
    <p class="soft">${pause.about}</p>
    <button class="quiet" name="pause" value="begin">${pause.act}</button>
  </form>`;
}

function choices(
  locale: Locale,
  preferences: readonly ChannelPreferences[],
  isMeasured: boolean | undefined,
): Html {
  const { preferences: words } = publicWords[locale];
  const { consent, version } = preferencesText(locale);
  return html`<p class="soft">${words.intro}</p>
    <form method="post">
      ${preferences.map((channel) => channelChoices(locale, channel))}
      ${
        isMeasured !== undefined &&
        html`<h2>${words.measuring}</h2>
          <label>
            <input type="checkbox" name="measure" ${isMeasured && html`checked`} />
            <span>${words.measure}<small>${words.measureAbout}</small></span>
          </label>
          <input type="hidden" name="measuring" value="shown" />`
      }
      <p class="soft">${consent} <span class="version">${words.version}: ${version}</span></p>
      <button>${words.save}</button>
      <button class="quiet" name="none" value="yes">${words.none}</button>
    </form>`;
}

function channelChoices(locale: Locale, { channel, blocked, wanted, awaited }: ChannelPreferences): Html {
  const words = publicWords[locale];
  const { stopped, waits } = words.preferences;
  return html`<h2>${words.channels[channel]}</h2>
    ${
      blocked
        ? html`<p class="soft">${stopped}</p>`
        : topics.map(
            (topic) =>
              html`<label>
                <input
                  type="checkbox"
                  name="${channel}.${topic}"
                  ${(wanted.has(topic) || awaited.has(topic)) && html`checked`}
                />
                <span
                  >${words.topics[topic].name}<small
                    >${words.topics[topic].about} ${awaited.has(topic) && html`<b>${waits}</b>`}</small
                  ></span
                >
              </label>`,
          )
    }
    ${!blocked && html`<input type="hidden" name="${channel}" value="shown" />`}`;
}
