import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { findOnPath } from '../setup/servers';

const run = promisify(execFile);
const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome'];

/** The full path of a Chromium on the PATH of `env`, or undefined. */
export function findChromium(env: Readonly<Record<string, string | undefined>>): string | undefined {
  return names.map((name) => findOnPath(name, env)).find((path) => path !== undefined);
}

/** Takes a picture of a whole page, however long, as a browser of a width shows it. */
export async function takeScreenshot(
  chromium: string,
  page: { readonly html: string; readonly width: number; readonly png: string },
): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'perene-preview-'));
  try {
    const file = join(folder, 'page.html');
    await writeFile(file, page.html + measure, { mode: 0o600 });
    const open = (height: number, ...args: string[]) =>
      run(
        chromium,
        [
          '--headless',
          '--disable-gpu',
          '--hide-scrollbars',
          `--user-data-dir=${join(folder, 'profile')}`,
          // Chromium's own sandbox refuses to run as root, as in a container.
          ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
          `--window-size=${page.width},${height}`,
          ...args,
          pathToFileURL(file).href,
        ],
        { maxBuffer: 16 * 1024 * 1024, timeout: 60_000 },
      );
    const { stdout } = await open(200, '--dump-dom');
    const height = Number(/data-height="(\d+)"/.exec(stdout)?.[1] ?? 1_200);
    await open(height, `--screenshot=${page.png}`);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Stands in the page that is measured only, never in the message. */
const measure =
  '<script>document.documentElement.dataset.height = document.documentElement.scrollHeight</script>';
