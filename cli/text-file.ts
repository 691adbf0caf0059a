import { isUtf8 } from 'node:buffer';
import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';

/** Most bytes of one line: nothing that is meant as a row is longer. */
const longestLine = 16 * 1_048_576;
const lineFeed = 10;

/**
 * The text of a file, gzipped or not, a piece of whole lines at a time and without a byte-order mark.
 *
 * @throws Error that names the file, the line where there is one, and what to do: it cannot be read, or is no UTF-8 text
 */
export async function* readText(file: string): AsyncGenerator<string> {
  let line = 1;
  let held: Buffer[] = [];
  let size = 0;
  const decode = (bytes: Buffer): string => {
    if (bytes.includes(0))
      throw new Error(
        `${file}: line ${line + linesBefore(bytes, bytes.indexOf(0))} holds a null byte: it is no text.`,
      );
    if (!isUtf8(bytes))
      throw new Error(`${file}: line ${line + brokenLine(bytes)} is not UTF-8: save it with that encoding.`);
    const piece = line === 1 ? bytes.toString().replace(/^\uFEFF/, '') : bytes.toString();
    line += linesBefore(bytes, bytes.length);
    return piece;
  };
  for await (const chunk of readBytes(file)) {
    if (line === 1 && held.length === 0 && isUtf16(chunk))
      throw new Error(`${file}: line 1 begins as UTF-16 does: save the file as UTF-8.`);
    const end = chunk.lastIndexOf(lineFeed) + 1;
    if (end > 0) {
      yield decode(Buffer.concat([...held, chunk.subarray(0, end)]));
      held = [];
      size = 0;
    }
    held.push(chunk.subarray(end));
    size += chunk.length - end;
    if (size > longestLine)
      throw new Error(
        `${file}: line ${line} is longer than 16 MiB: are its line ends there, and its quotes closed?`,
      );
  }
  const rest = Buffer.concat(held);
  if (rest.length > 0) yield decode(rest);
}

const isUtf16 = ([first, second]: Buffer): boolean =>
  (first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff);

/** How many lines end before a place. */
function linesBefore(bytes: Buffer, place: number): number {
  let count = 0;
  for (let at = bytes.indexOf(lineFeed); at >= 0 && at < place; at = bytes.indexOf(lineFeed, at + 1)) count++;
  return count;
}

/** How many lines stand before the first that is not UTF-8. */
function brokenLine(bytes: Buffer): number {
  let from = 0;
  for (let count = 0; ; count++) {
    const end = bytes.indexOf(lineFeed, from);
    if (end < 0 || !isUtf8(bytes.subarray(from, end))) return count;
    from = end + 1;
  }
}

async function* readBytes(file: string): AsyncGenerator<Buffer> {
  try {
    for await (const chunk of await openFile(file)) yield chunk as Buffer;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const why = code === undefined ? undefined : reasons[code];
    throw why === undefined ? error : new Error(`${file}: ${why}.`);
  }
}

const broken = 'its gzip is broken or cut off; pack it again';
const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  ENOTDIR: 'there is no such file',
  ENAMETOOLONG: 'there is no such file',
  EACCES: 'it may not be read',
  EPERM: 'it may not be read',
  EISDIR: 'it is a folder, not a file',
  Z_BUF_ERROR: broken,
  Z_DATA_ERROR: broken,
};

/** Opens a file, unpacked where it begins as gzip does. */
async function openFile(file: string): Promise<Readable> {
  const handle = await open(file);
  const { buffer, bytesRead } = await handle.read(Buffer.alloc(2), 0, 2, 0).finally(() => handle.close());
  const source = createReadStream(file);
  if (bytesRead < 2 || buffer[0] !== 0x1f || buffer[1] !== 0x8b) return source;
  const unpacked = createGunzip();
  source.on('error', (error) => unpacked.destroy(error));
  return source.pipe(unpacked);
}

/** A value of a file as a message may quote it: on one line, short, and with nothing that a terminal would obey. */
export function quotable(value: string): string {
  const plain = value.replace(/[\p{Cc}\u202a-\u202e\u2066-\u2069]/gu, '\ufffd');
  return plain.length > 64 ? `${plain.slice(0, 64)}…` : plain;
}
