import { createHash } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';

/** The folder of a data folder for files made of one customer; its name does not tell whose they are. */
export function customerFolder(dataDir: string, customerId: string): string {
  const name = createHash('sha256').update(customerId).digest('hex').slice(0, 16);
  return join(dataDir, 'preview', 'customers', name);
}

/** Removes the files made of a customer on this machine. */
export async function removeCustomerFiles(dataDir: string, customerId: string): Promise<void> {
  await rm(customerFolder(dataDir, customerId), { recursive: true, force: true });
}
