import { chanceOf } from './chance';

/** Whether a customer belongs to a journey's control group: the same answer for life, as long as the share only grows. */
export const isHeldOut = (
  { name, holdout }: { readonly name: string; readonly holdout: number },
  customerId: string,
): boolean => chanceOf(`holdout/${name}/${customerId}`) * 100 < holdout;

/**
 * Whether a customer belongs to the control group of all marketing: nobody in it gets a marketing message from anywhere.
 *
 * @param percent share of all customers
 */
export const isHeldOutOfAll = (percent: number, customerId: string): boolean =>
  chanceOf(`holdout/${customerId}`) * 100 < percent;
