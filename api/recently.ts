/**
 * Makes an expensive question cheap: its answer is kept for some milliseconds, and all who ask meanwhile share it. An
 * error is not kept.
 *
 * @param about.isCostly asking may take long: an answer is kept thirty times as long as it took at least, and for twice as
 * long again it serves while another is asked for, so that whoever looks on never waits
 */
export function recently<Answer>(
  ask: () => Promise<Answer>,
  about: { readonly staleness: number; readonly now: () => Date; readonly isCostly?: true },
): () => Promise<Answer> {
  const { staleness, now, isCostly = false } = about;
  let held: Held<Answer> | undefined;
  let asking: Promise<Answer> | undefined;

  const askAnew = async (): Promise<Answer> => {
    const began = now().getTime();
    const answer = await ask();
    const ended = now().getTime();
    const worth = isCostly ? (ended - began) * worthwhile : 0;
    held = {
      answer,
      fresh: began + Math.max(staleness, worth),
      serves: worth > staleness ? ended + 2 * worth : 0,
    };
    return answer;
  };

  return async () => {
    const at = now().getTime();
    if (held && at < held.fresh) return held.answer;
    asking ??= askAnew().finally(() => (asking = undefined));
    if (!held || at >= held.serves) return asking;
    // Who waits for it hears of its failure; the next one asks again.
    asking.catch(() => undefined);
    return held.answer;
  };
}

/** How much longer an answer is kept than it took to get. */
const worthwhile = 30;

interface Held<Answer> {
  readonly answer: Answer;
  /** Until when it is given, and until when it is while another is asked for; epoch milliseconds. */
  readonly fresh: number;
  readonly serves: number;
}
