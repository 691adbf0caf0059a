import type { Broadcasts } from '../activities/broadcasts/broadcasts';

/** What the worker asks of its broadcast thread. Each call has a number of its own. */
export type ToThread =
  | {
      readonly kind: 'call';
      readonly call: number;
      readonly name: keyof Broadcasts;
      readonly request: unknown;
    }
  /** The call is to come to its end. */
  | { readonly kind: 'ending'; readonly call: number }
  /** No calls come any more. */
  | { readonly kind: 'close' };

/** What the broadcast thread says of a call. */
export type FromThread =
  | { readonly kind: 'heartbeat'; readonly call: number }
  | { readonly kind: 'done'; readonly call: number; readonly result: unknown }
  | {
      readonly kind: 'failed';
      readonly call: number;
      readonly message: string;
      /** Of an `ApplicationFailure`. */
      readonly type?: string | undefined;
    };
