import { execFile } from 'node:child_process';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
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

/** Whether a page is shown by day or in the dark. */
export type ColorScheme = 'light' | 'dark';

/** Takes a picture of a whole page, however long, as a browser of a width shows it; by day where it does not say. */
export async function takeScreenshot(
  chromium: string,
  page: {
    readonly html: string;
    readonly width: number;
    readonly png: string;
    readonly scheme?: ColorScheme;
  },
): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'perene-preview-'));
  try {
    const file = async (name: string, content: string) => {
      const path = join(folder, name);
      await writeFile(path, content, { mode: 0o600 });
      return pathToFileURL(path).href;
    };
    const open = (url: string, height: number, ...args: string[]) =>
      run(
        chromium,
        [
          '--headless',
          '--disable-gpu',
          '--hide-scrollbars',
          `--blink-settings=preferredColorScheme=${page.scheme === 'dark' ? 0 : 1}`,
          `--user-data-dir=${join(folder, 'profile')}`,
          // Chromium's own sandbox refuses to run as root, as in a container.
          ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
          `--window-size=${page.width},${height}`,
          ...args,
          url,
        ],
        { maxBuffer: 16 * 1024 * 1024, timeout: 60_000 },
      );
    const { stdout } = await open(await file('measure.html', measuring(page)), 1_000, '--dump-dom');
    const height = Number(/data-height="(\d+)"/.exec(stdout)?.[1] ?? 1_200);
    await open(await file('page.html', page.html), height, `--screenshot=${page.png}`);
    await chmod(page.png, 0o600);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** A page that tells the height of another at a width; a window itself is never narrower than 500 pixels. */
function measuring({ html, width }: { readonly html: string; readonly width: number }): string {
  const source = html.replaceAll('&', '&amp;').replaceAll('"', '&quot;');
  return `<iframe width="${width}" height="10" style="border:0" srcdoc="${source}"></iframe><script>
    onload = () => {
      const page = document.querySelector('iframe').contentDocument.documentElement;
      document.documentElement.dataset.height = page.scrollHeight;
    };
  </script>`;
}
