import { join } from 'node:path';
import type { DevSystem } from './dev';

/** The addresses and keys of a running system, for people; a server that is not embedded is shown as the environment names it. */
export function addressTable({ dataDir, parts, variables }: DevSystem): string {
  const url = variables['PUBLIC_URL'] ?? '';
  const rows: [string, string | undefined][] = [
    ['Console', `${url}/`],
    ['API', `${url}/v1`],
    ['API documentation', `${url}/docs`],
    ['Temporal UI', parts.temporal ? variables['TEMPORAL_UI_URL'] : undefined],
    ['Mailbox', parts.mailbox ? variables['MAILBOX_URL'] : undefined],
    ['SMS', parts.sms ? variables['TWILIO_BASE_URL'] : undefined],
    ['Write key', variables['PERENE_WRITE_KEY']],
    ['Admin key', variables['PERENE_ADMIN_KEY']],
    ['Logs and data', join(dataDir, 'logs')],
  ];
  const shown = rows.filter((row): row is [string, string] => row[1] !== undefined);
  const width = Math.max(...shown.map(([name]) => name.length));
  const body = shown.map(([name, value]) => `  ${name.padEnd(width)}  ${value}`).join('\n');
  return `\nPerene is running. Ctrl-C ends it; what it holds is kept.\n\n${body}\n\n`;
}
