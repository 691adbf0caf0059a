import { cpus } from 'node:os';
import type { ActionsRow } from './actions';
import type { Cost } from './cost';
import type { IngestRow } from './ingest';
import type { Quantiles } from './quantiles';
import type { Throughput } from './signups';

/** All that one run measured. */
export interface Results {
  readonly machine: { readonly processors: number; readonly node: string; readonly loadBefore: number };
  readonly latency: Quantiles;
  readonly floor: Throughput;
  readonly signups: Throughput;
  readonly marketing: Throughput;
  readonly ingest: readonly IngestRow[];
  readonly actions: readonly ActionsRow[];
  readonly memory: { readonly openRuns: number; readonly worker?: number; readonly api?: number };
}

export const machine = (loadBefore: number): Results['machine'] => ({
  processors: cpus().length,
  node: process.version,
  loadBefore,
});

/** The results as tables for people. */
export function report(results: Results): string {
  const { latency, floor, signups, marketing, ingest, actions, memory } = results;
  const { processors, node, loadBefore } = results.machine;
  return [
    `${processors} processors, Node ${node}, load ${loadBefore.toFixed(1)} before`,
    '',
    'Signup to accepted e-mail at ten a second, ms',
    table([
      ['p50', 'p95', 'p99', 'max'],
      [latency.p50, latency.p95, latency.p99, latency.max].map((ms) => ms.toFixed(0)),
    ]),
    '',
    'As fast as it goes',
    table([
      ['', 'runs', 'runs/s', 'to the floor', 'processor ms a run'],
      throughputRow('bare workflow, one activity', floor, floor),
      throughputRow('signup to first e-mail', signups, floor),
      throughputRow('lapse to marketing e-mail', marketing, floor),
    ]),
    '',
    'Events',
    table([
      ['', 'events', 'events/s', 'routed/s', 'to bare', 'processor ms a thousand'],
      ...ingest.map(({ what, events, perSecond, ofBare, routedPerSecond, cost }) => [
        what,
        String(events),
        perSecond.toFixed(0),
        routedPerSecond?.toFixed(0) ?? '',
        ofBare.toFixed(2),
        costText(cost, 1_000),
      ]),
    ]),
    '',
    'Temporal actions of a journey, every step of it',
    table([
      ['', 'messages', 'executions', 'actions', 'events', 'of which'],
      ...actions.map(({ journey, path, messages, executions, total, events, actions: kinds }) => [
        `${journey}: ${path}`,
        String(messages),
        String(executions),
        String(total),
        String(events),
        Object.entries(kinds)
          .map(([kind, times]) => `${times} ${kind}`)
          .join(', '),
      ]),
    ]),
    '',
    `Memory with ${memory.openRuns} open runs, MB: worker ${megabytes(memory.worker)}, API ${megabytes(memory.api)}`,
  ].join('\n');
}

function throughputRow(name: string, { runs, perSecond, cost }: Throughput, floor: Throughput): string[] {
  return [
    name,
    String(runs),
    perSecond.toFixed(1),
    (perSecond / floor.perSecond).toFixed(2),
    costText(cost, 1),
  ];
}

function costText(cost: Cost, times: number): string {
  const parts = Object.entries(cost).map(([name, ms]) => [name, ms * times] as const);
  const sum = parts.reduce((all, [, ms]) => all + ms, 0);
  const shown = parts.filter(([, ms]) => ms > sum / 100).map(([name, ms]) => `${name} ${ms.toFixed(1)}`);
  return parts.length === 0 ? 'not known' : `${sum.toFixed(1)} (${shown.join(', ')})`;
}

const megabytes = (size: number | undefined): string => size?.toFixed(0) ?? 'not known';

/** Columns under each other; numbers to the right. */
function table(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows
    .map((row) =>
      row
        .map((cell, column) => {
          const width = widths[column] ?? 0;
          return /^[\d.]+$/.test(cell) ? cell.padStart(width) : cell.padEnd(width);
        })
        .join('  ')
        .trimEnd(),
    )
    .map((line) => `  ${line}`)
    .join('\n');
}
