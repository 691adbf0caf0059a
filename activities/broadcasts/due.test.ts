import { dueFor } from './due';

const hours = { opens: '08:00', closes: '21:00' } as const;
const rules = (startsAt: string, now = startsAt) => ({
  hours,
  businessTimeZone: 'America/Sao_Paulo',
  startsAt: Date.parse(startsAt),
  now: Date.parse(now),
});

/** `YYYY-MM-DD HH:MM` on the clocks of a zone. */
const clockIn = (timeZone: string, at: number): string =>
  new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'short' }).format(at);

/** What the clock of a person in a zone shows when a broadcast reaches them. */
function shown(timeZone: string, due: ReturnType<typeof dueFor>): string {
  return due === 'too-late' ? due : clockIn(timeZone, due.from);
}

describe('the local hour of a broadcast', () => {
  // Berlin and New York change their clocks on these days, Lord Howe by half an hour; Kiritimati is a day ahead.
  const days = ['2026-03-08', '2026-03-29', '2026-04-05', '2026-10-04', '2026-10-25', '2026-11-01'];
  it.each(days)('is the same on every clock of the world on %s', (date) => {
    const start = new Date(Date.parse(`${date}T00:00:00Z`) - 2 * 86_400_000).toISOString();
    for (const timeZone of Intl.supportedValuesOf('timeZone')) {
      const due = dueFor({ timeZone }, { ...rules(start), at: { date, time: '09:30', ifPast: 'skip' } });
      expect([timeZone, shown(timeZone, due)]).toEqual([timeZone, `${date} 09:30`]);
    }
  });

  it('is the opening hour where it would be night, also in the night in which the clock is changed', () => {
    for (const date of ['2026-03-29', '2026-10-25']) {
      const at = { date, time: '02:30', ifPast: 'skip' } as const;
      const due = dueFor({ timeZone: 'Europe/Berlin' }, { ...rules('2026-03-01T00:00:00Z'), at });
      expect(shown('Europe/Berlin', due)).toBe(`${date} 08:00`);
    }
  });

  it('stays the same instant however often it is asked for, until it is reached', () => {
    const at = { time: '10:00' } as const;
    for (const timeZone of ['Asia/Tokyo', 'Europe/Lisbon', 'America/Los_Angeles']) {
      const first = dueFor({ timeZone }, { ...rules('2026-06-01T12:00:00Z'), at });
      if (first === 'too-late') throw new Error('It is never too late for the next ten o’clock.');
      for (const now of [first.from - 3_600_000, first.from - 1, first.from]) {
        const again = dueFor({ timeZone }, { ...rules('2026-06-01T12:00:00Z'), now, at });
        expect(again).toEqual(first);
      }
      expect(clockIn(timeZone, first.from)).toMatch(/ 10:00$/);
    }
  });

  it('that was over when the broadcast began is skipped or made up for, as the broadcast says', () => {
    const past = { date: '2026-06-01', time: '09:00' } as const;
    const person = { timeZone: 'Asia/Tokyo' };
    const began = rules('2026-06-01T03:00:00Z');
    expect(dueFor(person, { ...began, at: { ...past, ifPast: 'skip' } })).toBe('too-late');
    expect(dueFor(person, { ...began, at: { ...past, ifPast: 'send' } })).toEqual({ from: began.startsAt });
  });

  it('is the business’s in a zone that nobody knows', () => {
    const due = dueFor(
      { timeZone: 'Nowhere/Atlantis' },
      { ...rules('2026-06-01T03:00:00Z'), at: { time: '09:00' } },
    );
    expect(shown('America/Sao_Paulo', due)).toBe('2026-06-01 09:00');
  });
});
