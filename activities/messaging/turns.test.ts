import fc from 'fast-check';
import { placesOf } from '../../store/send-slots';
import { mostWithin } from '../../test/within';
import { createTurnPool, grace, mayUse, pace } from './turns';

const aRate = fc.oneof(fc.integer({ min: 1, max: 400 }), fc.double({ min: 0.05, max: 400, noNaN: true }));
const mostOf = (rate: number) => Math.max(1, Math.floor(rate));

/** The instants that turns have from the beginning of a stretch on. */
function turnsOf(rate: number, count: number): number[] {
  const { capacity, stretch, instantOf } = placesOf(pace(rate));
  return Array.from({ length: count }, (_, n) => instantOf(Math.floor(n / capacity) * stretch, n % capacity));
}

describe('turns', () => {
  it('are within a second and the time for which they may be used no more than the rate', () => {
    fc.assert(
      fc.property(aRate, (rate) => {
        const instants = turnsOf(rate, mostOf(rate) * 4);
        expect(mostWithin(instants, 1_000 + grace)).toBeLessThanOrEqual(mostOf(rate));
      }),
    );
  });

  /** When messages of some processes go that are ready at given instants, and how many turns were asked for. */
  function goings(
    messages: readonly { readonly process: number; readonly ready: number; readonly wakes: number }[],
    { rate, block }: { readonly rate: number; readonly block: number },
  ) {
    const free = turnsOf(rate, 5_000);
    const pools = [createTurnPool(), createTurnPool(), createTurnPool()];
    const handovers: number[] = [];
    let asked = 0;
    const waiting = [...messages];
    for (let next = waiting.shift(); next; next = waiting.sort((a, b) => a.ready - b.ready).shift()) {
      const { process, ready, wakes } = next;
      const pool = pools[process];
      let turn = pool?.take(ready);
      while (turn === undefined) {
        const from = free.findIndex((instant) => instant >= ready);
        pool?.add(free.splice(from, block));
        asked += block;
        turn = pool?.take(ready);
      }
      const at = turn <= ready ? ready : turn + wakes;
      if (mayUse(turn, at)) handovers.push(at);
      else waiting.push({ process, ready: at, wakes: 0 });
    }
    return { handovers, asked };
  }

  it('let no second have more than the rate, whichever process has them and whenever messages are ready', () => {
    const messages = fc.array(
      fc.record({
        process: fc.nat(2),
        ready: fc.nat(3_000),
        /** How late the timer is that a message waits for, milliseconds. */
        wakes: fc.oneof(fc.nat(20), fc.nat(grace * 3)),
      }),
      { minLength: 20, maxLength: 120 },
    );
    fc.assert(
      fc.property(aRate, messages, fc.integer({ min: 1, max: 20 }), (rate, all, block) => {
        const { handovers } = goings(all, { rate, block });
        expect(handovers).toHaveLength(all.length);
        expect(mostWithin(handovers, 1_000)).toBeLessThanOrEqual(mostOf(rate));
      }),
    );
  });

  it('are not used up twice by messages that are all late for those they were begun for', () => {
    fc.assert(
      fc.property(fc.integer({ min: 20, max: 200 }), fc.integer({ min: 0, max: 2_000 }), (rate, late) => {
        const instants = turnsOf(rate, 200);
        const messages = instants.map((at) => ({ process: 0, ready: at + late, wakes: 0 }));
        const { handovers, asked } = goings(messages, { rate, block: 1 });
        expect(asked).toBe(messages.length);
        // They go at the pace of the turns: the last one is as late as each.
        expect(Math.max(...handovers)).toBeLessThanOrEqual((instants.at(-1) ?? 0) + late + 1_000);
      }),
    );
  });

  it('go to whoever comes first, and are dropped when their time is over', () => {
    const pool = createTurnPool();
    pool.add([300, 320]);
    pool.add([310]);
    expect([pool.take(305), pool.take(310 + grace)]).toEqual([300, 310]);
    expect(pool.take(321 + grace)).toBeUndefined();
    pool.add([500, 520, 540]);
    expect([pool.after(0, 505), pool.after(1, 505), pool.after(2, 501 + grace)]).toEqual([
      500,
      520,
      undefined,
    ]);
  });
});
