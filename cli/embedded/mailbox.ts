import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { root } from '../setup/index';
import { loopback } from './ports';
import type { ProcessGroup, RunningProcess } from './processes';
import { ready } from './readiness';

/** How the mail catcher is to run. */
export interface MailboxOptions {
  readonly ports: { readonly smtp: number; readonly page: number };
  /** Folder that mails are kept in; made if missing. */
  readonly folder: string;
  readonly logFile: string;
}

/** Older mails make room for new ones. */
const mostMails = 1000;

/** Starts a server that takes every e-mail, sends none on, and shows them on a page; resolves once the page is there. */
export async function startMailbox(group: ProcessGroup, options: MailboxOptions): Promise<RunningProcess> {
  const { folder, logFile, ports } = options;
  await mkdir(folder, { recursive: true });
  const program = join(root, 'node_modules', 'maildev', 'dist', 'bin', 'maildev.js');
  const args = [
    ...['--max-old-space-size=256', program, '--silent'],
    ...['--ip', loopback, '--smtp', String(ports.smtp), '--hide-extensions', 'STARTTLS'],
    ...['--web-ip', loopback, '--web', String(ports.page)],
    ...['--mail-directory', folder, '--max-emails', String(mostMails)],
  ];
  const mailbox = await group.start({
    name: 'mailbox',
    program: process.execPath,
    args,
    cwd: folder,
    logFile,
  });
  await ready(mailbox, { probe: () => probe(`http://${loopback}:${ports.page}/api/email?limit=1`), logFile });
  return mailbox;
}

async function probe(url: string): Promise<void> {
  const response = await fetch(url);
  await response.arrayBuffer();
  if (!response.ok) throw new Error(`${url} answers ${response.status}`);
}
