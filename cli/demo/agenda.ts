/** Things to be done in the order of their time. */
export interface Agenda<Item extends { readonly at: number }> {
  add(items: readonly Item[]): void;
  /** Takes out what is due at an instant, earliest first. */
  due(now: number): Item[];
}

/** An empty agenda; of two items of one instant the one that was added first comes first. */
export function createAgenda<Item extends { readonly at: number }>(): Agenda<Item> {
  /** Latest first, so that taking the earliest is cheap; sorted only when something was added. */
  let items: Item[] = [];
  let isSorted = true;
  return {
    add(more) {
      items = [...more.toReversed(), ...items];
      isSorted = false;
    },
    due(now) {
      if (!isSorted) items.sort((a, b) => b.at - a.at);
      isSorted = true;
      const due: Item[] = [];
      for (let next = items.at(-1); next && next.at <= now; next = items.at(-1)) {
        due.push(next);
        items.pop();
      }
      return due;
    },
  };
}
