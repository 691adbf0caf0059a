import { randomUUID } from 'node:crypto';
import {
  closeSync,
  constants,
  fstatSync,
  mkdirSync,
  openSync,
  readFileSync,
  readlinkSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { open, readdir, rm, stat, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * How far a message of one claim had come on its way to the provider, as the claim's own process wrote it down: not
 * handed over, and from now on that process will not do it any more; taken; or handed over without an answer, or nobody
 * can tell.
 */
export type HandoverFate =
  'never' | 'unknown' | { readonly providerId: string; readonly provider?: string | undefined };

/** The way of one claimed message to its provider. */
export interface Handover {
  /** Name of the file that tells of it, to be kept with the claim; undefined where none does. */
  readonly log: string | undefined;
  /**
   * To be called in the last instant before the provider may have the whole message.
   *
   * @throws Error where the message must not go: it cannot be written down, or somebody else has taken the claim over
   */
  handingOver(): void;
  /** The provider surely has not taken it. */
  notTaken(): void;
  /** The provider has taken it. */
  taken(answer: { readonly providerId: string; readonly provider?: string | undefined }): void;
  /** The ledger says what became of the claim, so that nobody will ask. */
  settled(): void;
}

/** Remembers on this machine which messages went to a provider, so that a killed process leaves few of them in doubt. */
export interface HandoverLog {
  /** @param token the claim's, which is to name the handover's `log` */
  begin(token: string): Handover;
  /** Whether the process that made a claim surely lives no more, so that nobody need wait for the claim's end. */
  isGone(claim: { readonly log?: string | undefined }): Promise<boolean>;
  /** What became of a claim of any process on this machine. Who is told `never` may send the message anew. */
  fateOf(claim: { readonly token: string; readonly log?: string | undefined }): Promise<HandoverFate>;
  /** Removes files that nobody has written to for a week. */
  tidy(now: number): Promise<void>;
  /** Writes nothing more. */
  close(): void;
}

interface OpenFile {
  readonly name: string;
  readonly descriptor: number;
  /** Bytes that this process knows of. */
  size: number;
  /** Claims that the ledger has not settled. */
  open: number;
}

/** Bytes after which a file is followed by a new one: so few that it is read in no time. */
const fileSize = 1 << 20;
/** Milliseconds after which nobody asks for a file any more. */
const keep = 7 * 86_400_000;

/**
 * Keeps a handover log in a folder: one file a process, only ever added to. What was written stays when the process is
 * killed, for it is in the system's memory; nothing waits for the disk. After a power failure or a start of the machine a
 * file may lack its end, so one from before it is not believed.
 *
 * Whoever asks for a claim first writes a line of his own that takes it over. Lines stand in one order for everybody, so
 * either he sees that the message was being handed over, or its process sees that it must not do so any more.
 *
 * @param boot names the time since the machine's start; {@link bootId}. Where it is empty nothing is written, and every
 *   fate is unknown.
 */
export function createHandoverLog(folder: string, boot = bootId()): HandoverLog {
  let current: OpenFile | undefined;

  const openFile = (): OpenFile | undefined => {
    if (boot === '') return undefined;
    try {
      mkdirSync(folder, { recursive: true });
      const name = randomUUID();
      const file = { name, descriptor: openSync(pathOf(name), 'ax', 0o600), size: 0, open: 0 };
      append(file, [boot, pidSpace(), process.pid, startOf(process.pid)].join(' '));
      return file;
    } catch {
      // A folder that cannot be written to: claims made now are in doubt when this process is killed.
      return undefined;
    }
  };
  const pathOf = (name: string): string => join(folder, `${name}.log`);

  const append = (file: OpenFile, line: string): void => {
    const bytes = Buffer.from(`${line}\n`);
    try {
      if (writeSync(file.descriptor, bytes) !== bytes.length) throw new Error('The disk is full.');
    } catch (error) {
      leave(file);
      throw error;
    }
    file.size += bytes.length;
  };
  /** Writes down what has happened. Where that fails the message counts as one without an answer, which it is. */
  const note = (file: OpenFile, line: string): void => {
    try {
      append(file, line);
    } catch {
      return;
    }
  };
  const leave = (file: OpenFile): void => {
    if (current === file) current = undefined;
    removeIfDone(file);
  };
  const removeIfDone = (file: OpenFile): void => {
    if (current === file || file.open > 0) return;
    closeSync(file.descriptor);
    rmSync(pathOf(file.name), { force: true });
  };

  const mayRead = (log: string | undefined): log is string =>
    log !== undefined && boot !== '' && /^[\w-]+$/.test(log);

  return {
    begin(token) {
      if (current && current.size >= fileSize) leave(current);
      const file = (current ??= openFile());
      if (!file) return notWritten;
      file.open += 1;
      let isOpen = true;
      let wasHanded = false;
      return {
        log: file.name,
        handingOver() {
          append(file, `+ ${token}`);
          wasHanded = true;
          if (fstatSync(file.descriptor).size === file.size) return;
          const text = readFileSync(pathOf(file.name));
          file.size = text.length;
          if (fateIn(text.toString(), token) === 'never') throw new Error('Somebody else has the message.');
        },
        notTaken() {
          if (wasHanded) note(file, `- ${token}`);
        },
        taken(answer) {
          note(file, `= ${token} ${JSON.stringify(answer)}`);
        },
        settled() {
          if (!isOpen) return;
          isOpen = false;
          file.open -= 1;
          removeIfDone(file);
        },
      };
    },

    async isGone({ log }) {
      if (!mayRead(log)) return false;
      let file: FileHandle | undefined;
      try {
        file = await open(pathOf(log), 'r');
        const writer = await headOf(file);
        const isHere = writer.boot === boot && writer.space !== '' && writer.space === pidSpace();
        return isHere && startOf(writer.pid) !== writer.start;
      } catch (error) {
        if (isMissing(error)) return false;
        throw error;
      } finally {
        await file?.close();
      }
    },

    async fateOf({ token, log }) {
      if (!mayRead(log)) return 'unknown';
      let file: FileHandle | undefined;
      try {
        file = await open(pathOf(log), constants.O_RDWR | constants.O_APPEND);
        if ((await headOf(file)).boot !== boot) return 'unknown';
        // The line before may have no end where its process was killed.
        await file.write(`\nx ${token}\n`);
        const text = Buffer.alloc((await file.stat()).size);
        await file.read(text, 0, text.length, 0);
        return fateIn(text.toString(), token);
      } catch (error) {
        if (isMissing(error)) return 'unknown';
        throw error;
      } finally {
        await file?.close();
      }
    },

    async tidy(now) {
      const names = await readdir(folder).catch((error: unknown) => {
        if (isMissing(error)) return [];
        throw error;
      });
      for (const name of names.filter((each) => each.endsWith('.log'))) {
        const path = join(folder, name);
        const { mtimeMs } = await stat(path).catch(() => ({ mtimeMs: now }));
        if (now - mtimeMs > keep) await rm(path, { force: true });
      }
    },

    close() {
      const file = current;
      if (file) leave(file);
    },
  };
}

/** Tells of no claim. */
const notWritten: Handover = {
  log: undefined,
  handingOver: () => undefined,
  notTaken: () => undefined,
  taken: () => undefined,
  settled: () => undefined,
};

/** What the lines of a file say of a claim; `never` only once somebody has taken it over. */
function fateIn(text: string, token: string): HandoverFate {
  let isHanded = false;
  for (const line of text.split('\n')) {
    if (line === `+ ${token}`) isHanded = true;
    else if (line === `- ${token}`) isHanded = false;
    else if (line === `x ${token}` && !isHanded) return 'never';
    else if (line.startsWith(`= ${token} `)) return JSON.parse(line.slice(token.length + 3)) as Taken;
  }
  return 'unknown';
}
type Taken = Exclude<HandoverFate, string>;

/** Who writes a file: the start of the machine, the space that process ids are of, the process, and since when it lives. */
async function headOf(file: FileHandle) {
  const { bytesRead, buffer } = await file.read(Buffer.alloc(200), 0, 200, 0);
  const [line = ''] = buffer.toString('utf8', 0, bytesRead).split('\n', 1);
  const [boot, space = '', pid = '', start = ''] = line.split(' ');
  return { boot, space, pid: Number(pid), start };
}

/** Names the space of process ids; containers have their own. Empty where the system does not say. */
function pidSpace(): string {
  try {
    return readlinkSync('/proc/self/ns/pid');
  } catch {
    return '';
  }
}

/** When a process was started, so that another one under its number is not taken for it; empty where there is none. */
function startOf(pid: number): string {
  try {
    // The name of the program, in brackets, may hold anything.
    const [, rest = ''] = readFileSync(`/proc/${pid}/stat`, 'utf8').split(/\) (?=[^)]*$)/);
    const [state, ...fields] = rest.split(' ');
    return state === 'Z' ? '' : (fields[18] ?? '');
  } catch {
    return '';
  }
}

const isMissing = (error: unknown): boolean =>
  typeof error === 'object' && error !== null && 'code' in error && error.code === 'ENOENT';

/** A name for the time since this machine was started; empty where the system gives none. */
function bootId(): string {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  } catch {
    return '';
  }
}
