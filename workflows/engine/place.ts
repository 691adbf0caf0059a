/** A frame of a stack: `at name (file:line:column)` or `at file:line:column`. */
const frame = /^\s+at .*?\(?([^\s()]+\.ts):(\d+):(\d+)\)?$/gm;

/**
 * Where in a journey's file an error arose, such as `workflows/journeys/upsell.ts:20:11`: the innermost frame that is not
 * the engine's. Undefined where the stack does not reach that far.
 */
export function placeOf(error: Error): string | undefined {
  for (const [, file = '', line = '', column = ''] of (error.stack ?? '').matchAll(frame)) {
    const path = file.split(/[/\\]/).slice(-3);
    if (path[0] !== 'workflows' || path[1] !== 'engine') return `${path.join('/')}:${line}:${column}`;
  }
  return undefined;
}
