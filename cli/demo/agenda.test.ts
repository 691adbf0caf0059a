import fc from 'fast-check';
import { createAgenda } from './agenda';

it('gives what is due, earliest first and once, whenever it was added', () => {
  const item = fc.record({ at: fc.integer({ min: 0, max: 20 }) });
  fc.assert(
    fc.property(fc.array(fc.array(item)), (additions) => {
      const agenda = createAgenda<{ at: number; number: number }>();
      let number = 0;
      const given: { at: number; number: number }[] = [];
      additions.forEach((items, now) => {
        agenda.add(items.map(({ at }) => ({ at: now + at, number: number++ })));
        const due = agenda.due(now);
        expect(due.every(({ at }) => at <= now)).toBe(true);
        given.push(...due);
      });
      given.push(...agenda.due(Infinity));
      expect(new Set(given.map((one) => one.number)).size).toBe(number);
      expect(given).toHaveLength(number);
    }),
  );
});

it('keeps the order in which things of one instant were added', () => {
  const agenda = createAgenda<{ at: number; name: string }>();
  agenda.add([
    { at: 2, name: 'late' },
    { at: 1, name: 'first' },
    { at: 1, name: 'second' },
  ]);
  agenda.add([{ at: 1, name: 'third' }]);
  expect(agenda.due(1).map(({ name }) => name)).toEqual(['first', 'second', 'third']);
  expect(agenda.due(1)).toEqual([]);
});
