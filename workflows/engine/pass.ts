import type { JournalEntry } from '../../domain/journal';
import type { PendingWait } from './run-state';

/** What a step did when it was carried out: it gave a result, or the run must wait, or the run is over. */
export type Performed =
  | { readonly kind: 'result'; readonly value: unknown; readonly at: number }
  | { readonly kind: 'wait'; readonly pending: PendingWait }
  | { readonly kind: 'end' };

/** One call on `c`. */
export interface StepCall {
  /** Step id without its number: `email:welcome`, `wait:2d`. */
  readonly base: string;
  /**
   * A step without a name of its own (a wait for a while). When its id is not in the journal it may still be the one
   * that stands there next under an older id: its duration was edited.
   */
  readonly anonymous?: string;
  /** What the journey gets where the step is passed over. */
  readonly passedOver: () => unknown;
  readonly perform: (step: string) => Promise<Performed>;
}

/** How an execution of a journey's function was left. */
export type PassEnd =
  | { readonly kind: 'returned' }
  | { readonly kind: 'ended' }
  | { readonly kind: 'waits'; readonly pending: PendingWait }
  | { readonly kind: 'threw'; readonly error: unknown }
  /** A step that is not in the journal was met while entries of the journal are still unmet. */
  | { readonly kind: 'unclear'; readonly step: string }
  /** Looking ahead, an entry of the journal was met behind steps that are not in it. */
  | { readonly kind: 'behind'; readonly steps: readonly { step: string; result: unknown }[] };

/**
 * `replay`: known steps give their recorded result; the first unknown one is carried out if the whole journal has been
 * met, else the pass ends as `unclear`. `probe`: nothing is carried out; unknown steps are passed over until a known
 * one is met behind them. `live`: every unknown step is carried out.
 */
export type PassMode = 'replay' | 'probe' | 'live';

/** Unknown steps a probe passes before it gives up; a loop that waits for a result would never end otherwise. */
const probeLimit = 100;

/** One execution of a journey's function over a journal. A pass that is left never comes back: its steps stay open. */
export class Pass {
  readonly end: Promise<PassEnd>;
  private leave!: (end: PassEnd) => void;
  private left = false;
  private busyWith: string | undefined;
  private readonly counts = new Map<string, number>();
  /** Where each step stands in the journal, which only grows while a pass goes on. */
  private readonly places: Map<string, number>;
  private readonly met = new Set<string>();
  private lastMet = -1;
  private readonly passedOver: { step: string; result: unknown }[] = [];

  constructor(
    private readonly mode: PassMode,
    private readonly journal: JournalEntry[],
    private readonly outside: <R>(fn: () => R) => R,
  ) {
    this.places = new Map(journal.map(({ step }, place) => [step, place]));
    this.end = new Promise((resolve) => {
      this.leave = (end) => {
        this.left = true;
        resolve(end);
      };
    });
  }

  /** Runs the function; `end` tells how it was left. */
  start(run: () => Promise<void>): void {
    run().then(
      () => this.leave({ kind: 'returned' }),
      (error: unknown) => this.leave({ kind: 'threw', error }),
    );
  }

  /** The last step that was met or carried out, for `c.now()`. */
  latest(): JournalEntry | undefined {
    return this.journal[this.lastMet];
  }

  /** Steps of the journal that the function has not asked for so far. */
  unmet(): string[] {
    return this.journal
      .filter(({ step, skipped }) => !skipped && !this.met.has(step))
      .map(({ step }) => step);
  }

  /** How many steps of a kind have been asked for; numbers what has no id. */
  count(base: string): number {
    const n = (this.counts.get(base) ?? 0) + 1;
    this.counts.set(base, n);
    return n;
  }

  /** The id that the next step of a kind will have. */
  upcoming(base: string): string {
    return numbered(base, (this.counts.get(base) ?? 0) + 1);
  }

  async step(call: StepCall): Promise<unknown> {
    if (this.left) return this.never();
    if (this.busyWith !== undefined) return this.fail(overlap(this.busyWith, call.base));
    const id = numbered(call.base, this.count(call.base));
    this.busyWith = id;
    const result = await this.outside(() => this.take(id, call));
    this.busyWith = undefined;
    return result;
  }

  private async take(id: string, call: StepCall): Promise<unknown> {
    const known = this.places.get(id);
    if (known !== undefined) return this.meet(known);
    if (this.mode === 'probe') return this.passOver(id, call);
    const edited = this.mode === 'live' ? this.editedWait(call) : undefined;
    if (edited !== undefined) return this.meet(edited);
    if (this.mode === 'replay' && this.met.size < this.journal.length) {
      this.leave({ kind: 'unclear', step: id });
      return this.never();
    }
    return this.carryOut(id, call);
  }

  private meet(index: number): unknown {
    const entry = this.journal[index];
    if (!entry) throw new RangeError(`No journal entry ${index}.`);
    if (this.mode === 'probe' && this.passedOver.length > 0) {
      this.leave({ kind: 'behind', steps: this.passedOver });
      return this.never();
    }
    this.met.add(entry.step);
    this.lastMet = index;
    return entry.result;
  }

  private passOver(step: string, call: StepCall): unknown {
    const result = call.passedOver();
    this.passedOver.push({ step, result });
    if (this.passedOver.length < probeLimit) return result;
    this.leave({ kind: 'returned' });
    return this.never();
  }

  /** The entry that follows the last one met, if it is a wait of the same kind that this function no longer names. */
  private editedWait(call: StepCall): number | undefined {
    if (call.anonymous === undefined) return undefined;
    const next = this.journal[this.lastMet + 1];
    const fits = next !== undefined && !this.met.has(next.step) && kindOf(next.step) === call.anonymous;
    return fits ? this.lastMet + 1 : undefined;
  }

  private async carryOut(step: string, call: StepCall): Promise<unknown> {
    const performed = await call.perform(step);
    if (this.left) return this.never();
    switch (performed.kind) {
      case 'wait':
        this.leave({ kind: 'waits', pending: performed.pending });
        return this.never();
      case 'end':
        this.leave({ kind: 'ended' });
        return this.never();
      case 'result':
        this.places.set(step, this.journal.length);
        this.journal.push({ step, at: performed.at, result: performed.value });
        return this.meet(this.journal.length - 1);
      default:
        return performed satisfies never;
    }
  }

  private fail(error: Error): Promise<never> {
    this.leave({ kind: 'threw', error });
    return this.never();
  }

  /** What a step gives once its pass was left: nothing, ever, so that no `catch` or `finally` of a journey runs. */
  private never(): Promise<never> {
    return new Promise(() => undefined);
  }
}

const numbered = (base: string, n: number): string => (n === 1 ? base : `${base}#${n}`);

const kindOf = (step: string): string => step.split(':')[0] ?? step;

const overlap = (first: string, second: string): Error =>
  new Error(
    `Step "${second}" was begun while "${first}" was still going on. Steps run one at a time: await each before the next.`,
  );
