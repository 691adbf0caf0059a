import type { NativeConnection } from '@temporalio/worker';
import { searchAttributes } from '../domain/temporal-names';

/** Number of the type Keyword in Temporal's `IndexedValueType`. */
const keyword = 2;

/** Registers the search attributes of journeys where the namespace lacks them. Safe to be called by many workers. */
export async function registerSearchAttributes(
  connection: NativeConnection,
  namespace: string,
): Promise<void> {
  const { customAttributes } = await connection.operatorService.listSearchAttributes({ namespace });
  const missing = Object.values(searchAttributes).filter((name) => !(name in customAttributes));
  if (missing.length === 0) return;
  await connection.operatorService.addSearchAttributes({
    namespace,
    searchAttributes: Object.fromEntries(missing.map((name) => [name, keyword])),
  });
}
