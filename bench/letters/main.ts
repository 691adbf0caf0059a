import { execFile, spawnSync } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs, promisify } from 'node:util';
import { mayGo } from '../../activities/messaging/providers';
import { createSmtpProvider } from '../../activities/messaging/smtp';
import { everyLetter, type Letter } from '../../test/letters';
import { mailSink } from '../../test/mail-sink';

const usage = `npm run bench:letters [-- --out FOLDER] [--python PATH]
  sends every e-mail template in both languages to an SMTP server under a DKIM key, writes what arrived to .eml files,
  and has them judged by SpamAssassin (offline) and dkimpy, where they are installed
  --out     folder of the .eml files; .perene/letters where not given
  --python  a Python that has dkimpy; python3 where not given`;

/** Sends the letters with a new key and writes them as they arrived; gives their files and the key's TXT record. */
async function deliver(
  letters: readonly Letter[],
  out: string,
): Promise<{ files: string[]; record: string }> {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2_048 });
  const record = `v=DKIM1; k=rsa; p=${publicKey.export({ type: 'spki', format: 'der' }).toString('base64')}`;
  const sink = await mailSink();
  const provider = createSmtpProvider({
    url: sink.url,
    from: 'Perene Motors <ola@motors.example>',
    dkim: {
      domain: 'motors.example',
      selector: 'perene',
      privateKey: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    },
  });
  const files: string[] = [];
  for (const letter of letters) {
    const { outcome } = await provider.send(letter, mayGo);
    if (outcome !== 'accepted') throw new Error(`${letter.template} (${letter.locale}) was not accepted.`);
    const arrived = await sink.next(({ messageId }) => messageId === letter.mailId);
    const file = join(out, `${letter.template}.${letter.locale}.eml`);
    writeFileSync(file, arrived.raw);
    files.push(file);
  }
  provider.close();
  await sink.close();
  writeFileSync(join(out, 'dkim.txt'), record);
  return { files, record: join(out, 'dkim.txt') };
}

interface Signature {
  readonly verified: boolean;
  readonly oneClick: boolean;
  readonly changedVerifies: boolean;
}

/** Null where dkimpy is not there. */
async function checkSignatures(
  python: string,
  { files, record }: { readonly files: readonly string[]; readonly record: string },
): Promise<readonly Signature[] | null> {
  if (spawnSync(python, ['-c', 'import dkim']).status !== 0) return null;
  const { stdout } = await promisify(execFile)(python, [join(__dirname, 'verify.py'), record, ...files]);
  return stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Signature);
}

/** SpamAssassin's score and the rules that fired; null where it is not there. */
function spamScore(file: string): { readonly score: number; readonly rules: string } | null {
  const { stdout, error } = spawnSync('spamassassin', ['-L', '-t'], {
    input: readFileSync(file),
    encoding: 'utf8',
  });
  if (error) return null;
  const [, score, rules = ''] =
    /^X-Spam-Status:[^\n]*?score=(-?[\d.]+)[\s\S]*?tests=([\s\S]*?)\s+autolearn/m.exec(stdout) ?? [];
  if (score === undefined) throw new Error(`SpamAssassin said nothing of ${file}.`);
  return { score: Number(score), rules: rules.replace(/\s+/g, '') };
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { out: { type: 'string' }, python: { type: 'string' }, help: { type: 'boolean' } },
  });
  if (values.help === true) {
    console.log(usage);
    return;
  }
  const out = values.out ?? join('.perene', 'letters');
  mkdirSync(out, { recursive: true });
  const letters = everyLetter();
  const delivered = await deliver(letters, out);
  const signatures = await checkSignatures(values.python ?? 'python3', delivered);
  delivered.files.forEach((file, at) => {
    const spam = spamScore(file);
    const signature = signatures?.[at];
    const kilobytes = Math.ceil(readFileSync(file).length / 1_024);
    console.log(
      [
        `${letters[at]?.template ?? ''} (${letters[at]?.locale ?? ''}): ${kilobytes} KB`,
        spam ? `spam ${spam.score} ${spam.rules}` : 'no spamassassin on PATH',
        signature
          ? `DKIM ${signature.verified ? 'verifies' : 'FAILS'}, one click ${signature.oneClick ? 'signed' : 'not offered'}${signature.changedVerifies ? ', A CHANGE VERIFIES' : ''}`
          : 'no dkimpy',
      ].join('; '),
    );
  });
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
