import { execFile } from 'node:child_process';
import { readFile, readdir, readlink } from 'node:fs/promises';
import { promisify } from 'node:util';

/**
 * The program that listens at a TCP port of this machine, for a message to a person: its command and process id.
 * Undefined where the system does not tell, e.g. about another user's process.
 */
export async function portHolder(port: number): Promise<string | undefined> {
  const pid = process.platform === 'linux' ? await pidFromProc(port) : await pidFromLsof(port);
  if (pid === undefined) return undefined;
  return `process ${pid}: ${await commandOf(pid)}`;
}

/** The start of a process's command line; empty where there is none, or the system does not tell. */
export async function commandOf(pid: string): Promise<string> {
  const command = (await output('ps', ['-ww', '-o', 'args=', '-p', pid])).trim();
  return command.length > 160 ? `${command.slice(0, 157)}...` : command;
}

async function pidFromLsof(port: number): Promise<string | undefined> {
  const listed = await output('lsof', ['-nP', `-iTCP:${port}`, '-sTCP:LISTEN', '-t']);
  return listed.split('\n')[0]?.trim() || undefined;
}

/** A listening socket's inode is in /proc/net/tcp, and a process that holds it has a descriptor that points to it. */
async function pidFromProc(port: number): Promise<string | undefined> {
  const tables = await Promise.all(
    ['/proc/net/tcp', '/proc/net/tcp6'].map((file) => readFile(file, 'utf8').catch(() => '')),
  );
  const local = `:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  const listening = '0A';
  const inodes = tables
    .flatMap((table) => table.split('\n').map((line) => line.trim().split(/\s+/)))
    .filter((fields) => fields[1]?.endsWith(local) && fields[3] === listening)
    .map((fields) => `socket:[${fields[9] ?? ''}]`);
  if (inodes.length === 0) return undefined;
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  for (const pid of pids) if ((await socketsOf(pid)).some((socket) => inodes.includes(socket))) return pid;
  return undefined;
}

/** Empty for a process that has ended or that belongs to somebody else. */
async function socketsOf(pid: string): Promise<string[]> {
  const folder = `/proc/${pid}/fd`;
  const descriptors = await readdir(folder).catch(() => []);
  return Promise.all(descriptors.map((name) => readlink(`${folder}/${name}`).catch(() => '')));
}

async function output(program: string, args: string[]): Promise<string> {
  const { stdout } = await promisify(execFile)(program, args).catch(() => ({ stdout: '' }));
  return stdout;
}
