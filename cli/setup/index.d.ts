/** The folder of this checkout. */
export const root: string;

/**
 * Installs what is missing (npm packages; with `servers` also the embedded servers and the workflow bundle).
 *
 * @throws Error - what a person has to do
 */
export function setUp(parts: { servers: boolean }): Promise<void>;
