import type { JourneyActivities } from './contract';
import { segments } from '../domain/segments';
import type { Store } from '../store/store';

/** What a journey may ask about its customer. */
export function createCustomerQuestions({
  customers,
}: Pick<Store, 'customers'>): Pick<JourneyActivities, 'isInSegment' | 'readAttribute'> {
  return {
    isInSegment: ({ customerId, segment }) => customers.fits(customerId, segments[segment]),
    readAttribute: async ({ customerId, name }) =>
      (await customers.find(customerId))?.attributes[name] ?? null,
  };
}
