import { createServer } from 'node:http';
import { SMTPServer } from 'smtp-server';
import { loopback } from '../cli/embedded/ports';

/**
 * An SMTP server that accepts every e-mail, keeps none, and remembers when each address got its first. Run with two
 * ports as arguments: its own, and that of its answers over HTTP.
 */
const [smtpPort, httpPort] = process.argv.slice(2).map(Number);

const accepted = new Map<string, number>();
let count = 0;

const smtp = new SMTPServer({
  authOptional: true,
  disabledCommands: ['STARTTLS'],
  disableReverseLookup: true,
  logger: false,
  onData(stream, session, callback) {
    stream.on('end', () => {
      const now = Date.now();
      count += 1;
      for (const { address } of session.envelope.rcptTo) {
        if (!accepted.has(address)) accepted.set(address, now);
      }
      callback();
    });
    stream.resume();
  },
});
smtp.on('error', (error) => process.stderr.write(`${error.message}\n`));
smtp.listen(smtpPort, loopback);

createServer((request, response) => {
  if (request.method === 'DELETE') {
    accepted.clear();
    count = 0;
  }
  response.end(request.url === '/accepted' ? JSON.stringify([...accepted]) : String(count));
}).listen(httpPort, loopback);

process.on('SIGTERM', () => process.exit(0));
