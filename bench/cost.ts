import { readFileSync } from 'node:fs';

/** Clock ticks a second in which Linux counts processor time. */
const ticks = 100;

/** Processor time that processes have used so far, milliseconds by name; empty where the system does not tell. */
export type Cost = Readonly<Record<string, number>>;

export function costOf(processes: Readonly<Record<string, number>>): Cost {
  return Object.fromEntries(
    Object.entries(processes).flatMap(([name, pid]) => {
      const used = processorTime(pid);
      return used === undefined ? [] : [[name, used]];
    }),
  );
}

/** What was used between two looks, divided by how often something was done meanwhile. */
export function costEach(before: Cost, after: Cost, times: number): Cost {
  return Object.fromEntries(
    Object.entries(after).map(([name, used]) => [name, (used - (before[name] ?? 0)) / times]),
  );
}

/** Memory that a process holds, MB; undefined where the system does not tell. */
export function residentMemory(pid: number): number | undefined {
  const kilobytes = /^VmRSS:\s+(\d+) kB$/m.exec(read(`/proc/${pid}/status`))?.[1];
  return kilobytes === undefined ? undefined : Number(kilobytes) / 1024;
}

function processorTime(pid: number): number | undefined {
  // The second field is the program's name in brackets and may hold blanks.
  const fields = read(`/proc/${pid}/stat`).split(') ')[1]?.split(' ');
  const [user, system] = [fields?.[11], fields?.[12]];
  if (user === undefined || system === undefined) return undefined;
  return ((Number(user) + Number(system)) * 1_000) / ticks;
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
