/** Programs of the private Python environment, as full paths. */
export interface InstalledServers {
  readonly folder: string;
  readonly python: string;
  readonly temporal: string;
}

/** Where the servers are installed under a checkout, whether or not they are. */
export function serversOf(root: string): InstalledServers;

/**
 * The first Python 3.10 or newer on PATH that can make environments.
 *
 * @throws Error - what to install
 */
export function findPython(): { program: string; version: string };

/** The full path of a program on the PATH of `env`, or undefined. */
export function findOnPath(
  name: string,
  env: Readonly<Record<string, string | undefined>>,
): string | undefined;
