import type { DeliverResult } from '../../activities/contract';
import { deliveryName } from '../../domain/deliveries';
import { days } from '../../domain/duration';
import type { Burst, Driver } from './burst';
import type { JourneyContext } from './context';
import type { Pass, Performed } from './pass';

/** What the steps are made of. */
export interface DeliveryParts {
  readonly pass: Pass;
  readonly burst: Burst;
  readonly driver: Driver;
  /** Puts a step off to a real instant, at which it is carried out again. */
  readonly putOff: (step: string, until: number) => Promise<Performed>;
}

const defaultPatience = days(3);

/** Makes the steps that call other systems and tell the team. One that is not taken is put off like a message. */
export function deliverySteps({
  pass,
  burst,
  driver,
  putOff,
}: DeliveryParts): Pick<JourneyContext, 'webhook' | 'alertTeam'> {
  const { activities } = driver;

  const deliver = (base: string, name: string, call: (step: string) => Promise<DeliverResult>) => {
    if (!deliveryName.test(name)) {
      throw new TypeError(
        `c.${base.split(':')[0] ?? ''}("${name}"): use lower-case letters, digits and hyphens.`,
      );
    }
    return pass.step({
      base,
      passedOver: () => ({ state: 'skipped' }),
      perform: async (step) => {
        const began = driver.now();
        const result = await call(step);
        if (result.state === 'deferred') return putOff(step, result.until);
        return { kind: 'result', value: result, at: began };
      },
    });
  };

  return {
    webhook: ((name, data = {}, { id, within: patience = defaultPatience, personal = [] } = {}) =>
      deliver(id ?? `webhook:${name}`, name, (step) =>
        activities.callWebhook({ enrolment: burst.ref, step, to: name, data, personal, patience }),
      )) as JourneyContext['webhook'],
    alertTeam: ((alert, data = {}, { id, within: patience = defaultPatience } = {}) =>
      deliver(id ?? `alertTeam:${alert}`, alert, (step) =>
        activities.alertTeam({ enrolment: burst.ref, step, alert, data, patience }),
      )) as JourneyContext['alertTeam'],
  };
}
