import { channels } from '../../domain/messages';
import { allOffers, type Census } from './census';

/** What is known of a play that goes on. */
export interface Progress {
  readonly day: number;
  readonly days: number;
  /** Events sent so far. */
  readonly sent: number;
  readonly census: Census;
}

/** Shows how a demonstration goes. */
export interface View {
  /** How often there is something new to show, milliseconds. */
  readonly pause: number;
  /** A step of the preparation. */
  say(line: string): void;
  show(progress: Progress): void;
  /** Ends the block that is updated in place. */
  end(): void;
}

interface Output {
  write(text: string): unknown;
  readonly isTTY?: boolean;
  readonly columns?: number;
}

/** On a terminal one block that is updated in place; elsewhere a line now and then. */
export function createView(output: Output): View {
  return output.isTTY === true ? blockView(output) : lineView(output);
}

function lineView(output: Output): View {
  return {
    pause: 5_000,
    say: (line) => void output.write(`${line}\n`),
    show: (progress) => void output.write(`${progressLine(progress)}\n`),
    end: () => undefined,
  };
}

/** A play in one line. */
export function progressLine({ day, days, sent, census }: Progress): string {
  const runs = [...census.runs.values()];
  const open = runs.reduce((sum, run) => sum + run.open, 0);
  const over = runs.reduce(
    (sum, { completed, converted, exited }) => sum + completed + converted + exited,
    0,
  );
  const { shown, taken } = allOffers(census.offers);
  return [
    `day ${Math.floor(day)} of ${days}`,
    `${sent} events`,
    `runs ${open} open, ${over} over`,
    ...channels.map((channel) => `${channel} ${census.messages[channel].sent} sent`),
    `offers ${shown} shown, ${taken} taken`,
  ].join(' · ');
}

function blockView(output: Output): View {
  let height = 0;
  const rewind = () => (height === 0 ? '' : `\u001b[${height}A\u001b[J`);
  return {
    pause: 1_000,
    say(line) {
      output.write(`${rewind()}${line}\n`);
      height = 0;
    },
    show(progress) {
      const width = output.columns ?? 80;
      const lines = progressBlock(progress).map((line) => line.slice(0, width - 1));
      output.write(`${rewind()}${lines.join('\n')}\n`);
      height = lines.length;
    },
    end() {
      output.write(rewind());
      height = 0;
    },
  };
}

/** A play as a block of lines. */
export function progressBlock({ day, days, sent, census }: Progress): string[] {
  const share = Math.min(1, Math.max(0, day / days));
  const bar = '█'.repeat(Math.round(share * 30)).padEnd(30, '░');
  const { shown, taken } = allOffers(census.offers);
  return [
    '',
    `  Day ${Math.min(days, Math.floor(day))} of ${days}  ${bar}  ${sent} events`,
    '',
    ...tableOf([runsHeader, ...runRows(census)]),
    '',
    ...tableOf([messagesHeader, ...messageRows(census)]),
    '',
    `  Offers  ${shown} shown, ${taken} taken`,
    '',
  ];
}

const runsHeader = ['Journey', 'in it', 'converted', 'completed', 'exited', 'control'];
const messagesHeader = ['Messages', 'sent', 'waiting', 'suppressed', 'failed'];

/** Rows of the table of runs, without its header. */
export function runRows({ runs }: Census): string[][] {
  return [...runs]
    .sort(([a], [b]) => a.localeCompare(b))
    .map(([journey, { open, converted, completed, exited, control }]) => [
      journey,
      ...[open, converted, completed, exited, control].map(String),
    ]);
}

/** Rows of the table of messages, without its header. */
export function messageRows({ messages }: Census): string[][] {
  return channels.map((channel) => {
    const { sent, states } = messages[channel];
    const { planned = 0, sending = 0, suppressed = 0, failed = 0, unknown = 0 } = states;
    return [channel, ...[sent, planned + sending, suppressed, failed + unknown].map(String)];
  });
}

/** Lines of a table: the first column to the left, numbers to the right. */
export function tableOf(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(...rows.map((row) => (row[column] ?? '').length)),
  );
  return rows.map((row) =>
    row
      .map((cell, column) => {
        const width = widths[column] ?? 0;
        return column === 0 ? `  ${cell.padEnd(width)}` : cell.padStart(width + 3);
      })
      .join(''),
  );
}

/** The tables of runs and messages. */
export const censusTables = (census: Census): string[] => [
  ...tableOf([runsHeader, ...runRows(census)]),
  '',
  ...tableOf([messagesHeader, ...messageRows(census)]),
];
