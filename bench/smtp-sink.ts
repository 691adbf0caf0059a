import { createServer } from 'node:http';
import { SMTPServer } from 'smtp-server';
import { loopback } from '../cli/embedded/ports';

/**
 * An SMTP server that accepts every e-mail, keeps none, and remembers when each address got its first and how often each
 * Message-ID came. Run with two ports as arguments: its own, and that of its answers over HTTP.
 */
const [smtpPort, httpPort] = process.argv.slice(2).map(Number);

const accepted = new Map<string, number>();
const letters = new Map<string, number>();
let count = 0;

const smtp = new SMTPServer({
  authOptional: true,
  disabledCommands: ['STARTTLS'],
  disableReverseLookup: true,
  logger: false,
  onData(stream, session, callback) {
    let head = '';
    let id: string | undefined;
    stream.on('data', (chunk: Buffer) => {
      if (id !== undefined) return;
      head += chunk.toString('latin1');
      id = /^message-id:\s*(<[^>]+>)/im.exec(head)?.[1];
    });
    stream.on('end', () => {
      const now = Date.now();
      count += 1;
      if (id !== undefined) letters.set(id, (letters.get(id) ?? 0) + 1);
      for (const { address } of session.envelope.rcptTo) {
        if (!accepted.has(address)) accepted.set(address, now);
      }
      callback();
    });
  },
});
smtp.on('error', (error) => process.stderr.write(`${error.message}\n`));
smtp.listen(smtpPort, loopback);

createServer((request, response) => {
  if (request.method === 'DELETE') {
    accepted.clear();
    letters.clear();
    count = 0;
  }
  const tables: Record<string, Map<string, number>> = { '/accepted': accepted, '/letters': letters };
  const table = tables[request.url ?? ''];
  response.end(table ? JSON.stringify([...table]) : String(count));
}).listen(httpPort, loopback);

process.on('SIGTERM', () => process.exit(0));
