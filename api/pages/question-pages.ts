import type { Channel, Topic } from '../../domain/messages';
import { html, type Html } from './html';
import { publicWords } from './public-words';
import type { PageReader } from './reader';

/** The page that asks whether somebody wants no more of a topic. */
export function unsubscribeBody(
  { locale }: PageReader,
  { topic, channel }: { readonly topic: Topic; readonly channel: Channel },
): Html {
  const words = publicWords[locale];
  const { ask, act } = words.unsubscribe;
  return html`<h1>${ask(words.topics[topic].name, words.channels[channel])}</h1>
    <p class="soft">${words.topics[topic].about}</p>
    <form method="post"><button>${act}</button></form>`;
}

/** The page that asks whether it was they who asked for marketing by e-mail. */
export function confirmationBody({ locale, business }: PageReader, asked: readonly Topic[]): Html {
  const { confirm: words, topics } = publicWords[locale];
  return html`<h1>${words.ask(business)}</h1>
    <p>${words.list}</p>
    <ul>
      ${asked.map((topic) => html`<li>${topics[topic].name}<small>${topics[topic].about}</small></li>`)}
    </ul>
    <p class="soft">${words.consent}</p>
    <form method="post"><button>${words.act}</button></form>`;
}
