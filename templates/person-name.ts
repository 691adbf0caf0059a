/** Longer than any name that people are greeted by. */
const longest = 40;

/** Control characters, line separators, broken characters, and those that turn the reading direction or cannot be seen. */
const unseen = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u200B\u200E\u200F\u202A-\u202E\u2060-\u206F\uFEFF]+/gu;

/** What a mail program would make a link of. */
const linkLike = /:\/\/|@|www\.|[\p{L}\p{N}-]\.\p{L}{2,}/iu;

/** Text on one line: whatever breaks lines or is invisible becomes one space, as does any run of spaces. */
export function oneLine(text: string): string {
  return text.replace(unseen, ' ').replace(/\s+/gu, ' ').trim();
}

/**
 * The name to greet somebody by, or undefined where they gave none. A name is what a stranger typed into a form,
 * perhaps with somebody else's address: one that could carry a link or a message of its own is not used at all.
 */
export function greetingName(given: string | undefined): string | undefined {
  const name = oneLine(given ?? '');
  if (name === '' || name.length > longest || linkLike.test(name)) return undefined;
  return name;
}
