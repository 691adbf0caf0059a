/** What a new journey begins with: the file, its test, and the list of journeys with it. */
export interface JourneyFiles {
  readonly journey: string;
  readonly test: string;
  readonly index: string;
}

/**
 * Writes the text of a new journey's files.
 *
 * @param index `workflows/journeys/index.ts` as it is
 * @throws Error - the list of journeys was not found in it
 */
export function journeyFiles(name: string, index: string): JourneyFiles {
  const variable = name.replace(/-([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
  const list = /(readonly Journey\[\] = \[)([^\]]*)\]/;
  if (!list.test(index)) {
    throw new Error(
      'workflows/journeys/index.ts has no list `readonly Journey[] = [...]`: put the journey into it by hand.',
    );
  }
  const lastImport = index.lastIndexOf('import ');
  const endOfImports = index.indexOf('\n', lastImport) + 1;
  const imported = `${index.slice(0, endOfImports)}import { ${variable} } from './${name}';\n${index.slice(endOfImports)}`;
  return {
    journey: journeyOf(name, variable),
    test: testOf(name, variable),
    index: imported.replace(list, (_, start: string, names: string) => {
      const before = names.trim().replace(/,$/, '');
      if (names.includes('\n')) return `${start}\n  ${before},\n  ${variable},\n]`;
      return `${start}${before === '' ? '' : `${before}, `}${variable}]`;
    }),
  };
}

const journeyOf = (name: string, variable: string): string =>
  `import { daily, days, journey, never, on, percent } from '../engine/vocabulary';

/** Say here for whom this journey is and what it is to reach. */
export const ${variable} = journey(
  '${name}',
  {
    entry: on('customer.signed_up'),
    reentry: never,
    goal: on('order.completed'),
    exit: on('customer.churned'),
    holdout: percent(10),
    sendWindow: daily('09:00', '20:00'),
  },
  async (c) => {
    const completed = await c.waitFor('profile.completed', { within: days(2) });
    if (!completed) await c.sms('complete-profile');
    await c.wait(days(7));
  },
);
`;

const testOf = (name: string, variable: string): string =>
  `import { days } from '../engine/vocabulary';
import { simulate } from '../simulate/simulate';
import { ${variable} } from './${name}';

const start = Date.UTC(2026, 2, 2, 13);

describe('${name}', () => {
  it('reminds who does not complete the profile', async () => {
    const played = await simulate(${variable}, { start });
    expect(played.messages).toMatchObject([{ at: start + days(2), template: 'complete-profile' }]);
    expect(played.outcome).toBe('completed');
  });

  it('says nothing to who does', async () => {
    const completed = { after: days(1), name: 'profile.completed', properties: {} } as const;
    expect((await simulate(${variable}, { start, events: [completed] })).messages).toEqual([]);
  });

  it('ends as converted with an order', async () => {
    const order = { after: days(3), name: 'order.completed', properties: { orderId: 'o1' } } as const;
    expect(await simulate(${variable}, { start, events: [order] })).toMatchObject({
      outcome: 'converted',
      endedAt: start + days(3),
    });
  });
});
`;
