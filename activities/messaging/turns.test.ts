import fc from 'fast-check';
import { placesOf } from '../../store/send-slots';
import { mostWithin } from '../../test/within';
import { createTurnPool, grace, mayUse, pace } from './turns';

const aRate = fc.oneof(fc.integer({ min: 1, max: 400 }), fc.double({ min: 0.05, max: 400, noNaN: true }));
const mostOf = (rate: number) => Math.max(1, Math.floor(rate));

/** How often a message tries to be in time. */
const tries = 6;

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

  it('let no second have more than the rate, whichever process has them and however late messages come', () => {
    const messages = fc.array(
      fc.record({
        process: fc.nat(2),
        comes: fc.nat(3_000),
        /** Milliseconds from its turn until all else is done, each time. */
        late: fc.array(fc.oneof(fc.nat(20), fc.nat(grace * 3)), { minLength: tries, maxLength: tries }),
      }),
      { minLength: 20, maxLength: 120 },
    );
    fc.assert(
      fc.property(aRate, messages, fc.integer({ min: 1, max: 20 }), (rate, all, block) => {
        const free = turnsOf(rate, 5_000);
        const pools = [createTurnPool(), createTurnPool(), createTurnPool()];
        const handovers: number[] = [];
        // Each step is one message's: it takes a turn, or uses it if it is not too late.
        const steps = all.map(({ process, comes, late }) => ({ process, at: comes, late, tried: 0 }));
        for (let next = steps.shift(); next; next = steps.sort((a, b) => a.at - b.at).shift()) {
          const { process, at, late } = next;
          const pool = pools[process];
          let turn = pool?.take(at);
          while (turn === undefined) {
            const from = free.findIndex((instant) => instant >= at);
            pool?.add(free.splice(from, block));
            turn = pool?.take(at);
          }
          const ready = Math.max(at, turn) + (late[next.tried] ?? 0);
          if (mayUse(turn, ready)) handovers.push(ready);
          else if (next.tried < tries) steps.push({ ...next, at: ready, tried: next.tried + 1 });
        }
        expect(mostWithin(handovers, 1_000)).toBeLessThanOrEqual(mostOf(rate));
      }),
    );
  });

  it('go to whoever comes first, and are dropped when their time is over', () => {
    const pool = createTurnPool();
    pool.add([300, 320]);
    pool.add([310]);
    expect([pool.take(305), pool.take(310 + grace)]).toEqual([300, 310]);
    expect(pool.take(321 + grace)).toBeUndefined();
  });
});
