/**
 * Makes an expensive question cheap: its answer is kept for some milliseconds, and all who ask meanwhile share it. An
 * error is not kept.
 */
export function recently<Answer>(
  ask: () => Promise<Answer>,
  { staleness, now }: { readonly staleness: number; readonly now: () => Date },
): () => Promise<Answer> {
  let held: { readonly answer: Promise<Answer>; readonly until: number } | undefined;
  return async () => {
    const at = now().getTime();
    if (!held || held.until <= at) {
      const mine = { answer: ask(), until: at + staleness };
      held = mine;
      mine.answer.catch(() => {
        if (held === mine) held = undefined;
      });
    }
    return held.answer;
  };
}
