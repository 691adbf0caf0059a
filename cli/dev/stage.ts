import { createProcessGroup, type ProcessGroup } from '../embedded/processes';
import { supervise, type Supervised } from './supervise';

/** What is running, and how to stop it: programs before the servers that they use. */
export interface Stage {
  readonly group: ProcessGroup;
  /** Resolves, with the reason, when something can't be kept running. */
  readonly failed: Promise<Error>;
  /** Starts one of the servers, and keeps it running. */
  server(name: string, start: Start): Promise<void>;
  /** Starts the API or a worker, and keeps it running. */
  program(name: string, start: Start): Promise<void>;
  /** Adds what is to be closed with the servers. */
  onStop(close: () => Promise<void>): void;
  /** Stops everything. */
  stop(): Promise<void>;
  /** Kills every process; for a stop that takes too long. */
  kill(): Promise<void>;
}

type Start = Parameters<typeof supervise>[0];

/** An empty stage; `report` gets lines for people. */
export function createStage(report: (line: string) => void): Stage {
  const group = createProcessGroup();
  const servers: Supervised[] = [];
  const programs: Supervised[] = [];
  const closers: (() => Promise<void>)[] = [];
  let fail: (reason: Error) => void = () => undefined;
  const failed = new Promise<Error>((resolve) => (fail = resolve));
  let stopping: Promise<void> | undefined;

  async function add(list: Supervised[], name: string, start: Start): Promise<void> {
    const startedAt = Date.now();
    const supervised = await supervise(start, { report });
    list.push(supervised);
    void supervised.givenUp.then(fail);
    report(`${name} is ready (${((Date.now() - startedAt) / 1000).toFixed(1)} s)`);
  }

  async function stopInOrder(): Promise<void> {
    await Promise.all(programs.map((program) => program.stop()));
    await Promise.all([...servers.map((server) => server.stop()), ...closers.map((close) => close())]);
    await group.stopAll(0);
    group.close();
  }

  return {
    group,
    failed,
    server: (name, start) => add(servers, name, start),
    program: (name, start) => add(programs, name, start),
    onStop: (close) => void closers.push(close),
    stop: () => (stopping ??= stopInOrder()),
    kill: () => group.stopAll(0),
  };
}
