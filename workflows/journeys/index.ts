import type { Journey } from '../engine/journey';
import { judgeTogether } from '../engine/live-journeys';
import { aftercare } from './aftercare';
import { doubleOptIn } from './double-opt-in';
import { maintenance } from './maintenance';
import { onboarding } from './onboarding';
import { upsell } from './upsell';
import { winback } from './winback';

/** Every journey that runs. Put a new one here and it is live. */
export const journeys: readonly Journey[] = [
  onboarding,
  upsell,
  winback,
  maintenance,
  aftercare,
  doubleOptIn,
];
judgeTogether(journeys);
