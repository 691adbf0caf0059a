import { isAbsolute, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { root } from './setup/index';

/**
 * The place in a journey file where an error arose, as an editor opens it: `workflows/journeys/upsell.ts:20:11`.
 * Undefined where no journey was under way.
 */
export function placeOf(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  for (const [, file = '', line = '', column = ''] of (error.stack ?? '').matchAll(frame)) {
    const path = file.startsWith('file:') ? fileURLToPath(file) : file;
    if (isJourney.test(path)) return `${isAbsolute(path) ? relative(root, path) : path}:${line}:${column}`;
  }
  return placeOf(error.cause);
}

/** A frame of a stack: `at name (file:line:column)` or `at file:line:column`. */
const frame = /^\s+at .*?\(?((?:file:\/\/)?[^\s()]+\.[cm]?[jt]s):(\d+):(\d+)\)?$/gm;
const isJourney = /workflows[/\\]journeys[/\\](?!index\.ts$)[^/\\]+\.ts$/;
