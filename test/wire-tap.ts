import { connect, createServer, type AddressInfo } from 'node:net';

/** Everything that clients said to a server, byte for byte. */
export interface WireTap {
  /** As `SMTP_URL` takes it. */
  readonly url: string;
  /** What each connection's client sent, as Latin-1, so that every byte is one character. */
  readonly heard: () => readonly string[];
  close(): Promise<void>;
}

/** Stands before an SMTP server and hears every byte that goes to it. */
export async function wireTap(smtpUrl: string): Promise<WireTap> {
  const { hostname, port } = new URL(smtpUrl);
  const heard: Buffer[][] = [];
  const server = createServer((client) => {
    const chunks: Buffer[] = [];
    heard.push(chunks);
    const upstream = connect(Number(port), hostname);
    client.on('data', (chunk: Buffer) => chunks.push(chunk));
    client.pipe(upstream).pipe(client);
    for (const [one, other] of [
      [client, upstream],
      [upstream, client],
    ] as const)
      one.on('error', () => other.destroy()).on('close', () => other.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `smtp://127.0.0.1:${(server.address() as AddressInfo).port}`,
    heard: () => heard.map((chunks) => Buffer.concat(chunks).toString('latin1')),
    close: () => new Promise((resolve) => void server.close(() => resolve())),
  };
}

/** One e-mail as a client handed it over: its commands, and the text between DATA and the line with a dot. */
export interface Handover {
  readonly commands: readonly string[];
  readonly text: string;
}

/** Reads what a client said as a server does. Whatever came after the last text is a handover without one. */
export function readHandovers(said: string): readonly Handover[] {
  const found: Handover[] = [];
  for (let rest = said; rest !== '';) {
    const data = /(?:^|\r\n)DATA\r\n/.exec(rest);
    if (!data) return [...found, { commands: rest.split('\r\n').filter(Boolean), text: '' }];
    const from = data.index + data[0].length;
    const end = rest.indexOf('\r\n.\r\n', from - 2);
    const commands = rest.slice(0, from).split('\r\n').filter(Boolean);
    found.push({ commands, text: rest.slice(from, end < 0 ? undefined : end) });
    rest = end < 0 ? '' : rest.slice(end + 5);
  }
  return found;
}
