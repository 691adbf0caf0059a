import { chanceOf } from '../../domain/chance';
import { covers, isPaused } from '../../domain/consent';
import type { BestTime } from '../../domain/best-time';
import { customerTime, realTime } from '../../domain/clock';
import { contactPolicy, type ContactPolicy } from '../../domain/contact-policy';
import { isHeldOutOfAll } from '../../domain/holdout';
import { channels } from '../../domain/messages';
import { chooseMoment, seededRandom } from '../../scoring';
import type { CustomerDocument } from '../../store/customers';
import type { MessagePlan } from '../../store/messages';
import type { Store } from '../../store/store';
import { firstAllowed, localHour, zoneOf } from '../calendar';
import type { BestTimeRequest, JourneyActivities } from '../contract';
import { addressOn } from '../messaging/addresses';
import { forbids, windowsOf } from '../messaging/checks';
import { createContactCaps, type LocalLife } from '../messaging/contact-caps';
import { planMessage } from '../messaging/plan';
import { everyonesMoments, fadedCounts, type Moments } from './counts';
import { hoursAhead, instantIn } from './hours';

export interface BestTimeDependencies {
  readonly store: Pick<
    Store,
    'customers' | 'messages' | 'contactCounts' | 'suppressions' | 'models' | 'moments'
  >;
  readonly businessTimeZone: string;
  /** Share of customers whom no marketing reaches, percent. */
  readonly globalHoldout: number;
  /** {@link contactPolicy} by default. */
  readonly policy?: ContactPolicy;
  /** Real epoch milliseconds. */
  readonly now: () => number;
}

/** A way and an instant, of the customer's clock, at which a message may go. */
interface Candidate {
  readonly plan: MessagePlan;
  readonly hour: number;
  readonly at: number;
}

/**
 * Chooses the best time and channel for a message, by Thompson sampling over what rules, consent and caps leave. What is
 * known of everyone is read from memory and at most two seconds old.
 */
export function createBestTime({
  store,
  businessTimeZone,
  globalHoldout,
  policy = contactPolicy,
  now,
}: BestTimeDependencies): Pick<JourneyActivities, 'findBestTime'> {
  const everyone = store.models.of<Moments>(everyonesMoments);
  const caps = createContactCaps({ store, policy, now });

  const isReachable = async (plan: MessagePlan, customer: CustomerDocument): Promise<boolean> => {
    const { channel, topic } = plan;
    const address = addressOn(channel, customer);
    const consent = customer.consent[channel];
    if (address === undefined || !covers(consent, topic) || isPaused(consent, new Date(now()))) return false;
    const suppression = await store.suppressions.find({ channel, address });
    return !suppression || !forbids(suppression, plan);
  };

  /** The plans of channels on which the customer can and may be reached, and the zone they live in. */
  const reachable = async (plans: readonly MessagePlan[], { enrolment }: BestTimeRequest) => {
    const customer = await store.customers.find(enrolment.customerId);
    const zone = zoneOf(customer?.timeZone, businessTimeZone);
    const isHeldOut = enrolment.holdout || isHeldOutOfAll(globalHoldout, enrolment.customerId);
    if (isHeldOut || !customer || customer.erasedAt) return { open: [], zone };
    const may = await Promise.all(plans.map((plan) => isReachable(plan, customer)));
    return { open: plans.filter((_, n) => may[n] === true), zone };
  };

  /** When plans may go: only now, or at an instant in each hour of the coming day. */
  const candidates = async (
    plans: readonly MessagePlan[],
    life: LocalLife,
    { atOnce, sendWindow }: BestTimeRequest,
  ): Promise<Candidate[]> => {
    const [first] = plans;
    if (!first) return [];
    const time = customerTime(life.clock, now());
    const windows = windowsOf(policy, sendWindow);
    const hasRoom = await caps.outlook(first, life);
    if (atOnce) {
      const opening = firstAllowed(time, life.zone, windows);
      if (opening === null) return [];
      const hour = localHour(opening, life.zone);
      return plans
        .filter(({ channel }) => hasRoom(channel, opening))
        .map((plan) => ({ plan, hour, at: time }));
    }
    const chance = chanceOf(`instant/${first._id}`);
    const hours = hoursAhead(time, life.zone, windows).map((ahead) => ({
      hour: ahead.hour,
      at: instantIn(ahead, time, chance),
    }));
    return plans
      .flatMap((plan) => hours.map((hour) => ({ plan, ...hour })))
      .filter(({ plan, at }) => hasRoom(plan.channel, at));
  };

  const choose = async (
    allowed: readonly Candidate[],
    { _id, customerId }: Pick<MessagePlan, '_id' | 'customerId'>,
  ) => {
    const [all, own] = await Promise.all([everyone.current(), store.moments.find(customerId)]);
    const at = new Date(now());
    const [best] = chooseMoment({
      everyone: all ? fadedCounts(all.state.counts, all.faded ?? all.at, at) : [],
      customer: own ? fadedCounts(own.counts, own.faded, at) : [],
      allowed: allowed.map(({ plan, hour }) => ({ channel: plan.channel, hour })),
      random: seededRandom(`time/${_id}`),
    });
    const chosen = allowed.find(({ plan, hour }) => plan.channel === best?.channel && hour === best.hour);
    return best && chosen && { ...chosen, ...best };
  };

  return {
    async findBestTime(request) {
      const { enrolment, templates } = request;
      const { clock } = enrolment;
      const plans = (Object.keys(templates) as (keyof typeof templates)[])
        .filter((channel) => channels.includes(channel))
        .map((channel) => planMessage({ ...request, channel, template: templates[channel] ?? '' }));
      const [first] = plans;
      if (!first) throw new RangeError(`Step "${request.step}" names no template.`);

      const known = await store.messages.find(first._id);
      if (known?.timing)
        return { channel: known.channel, ...known.timing, at: known.dueAt?.getTime() ?? now() };

      const { open, zone } = await reachable(plans, request);
      const chosen = await choose(await candidates(open, { zone, clock }, request), first);
      if (!chosen) {
        const { channel } = open[0] ?? first;
        const hour = localHour(customerTime(clock, now()), zone);
        return { channel, hour, at: now(), probability: 1, probabilityError: 0 };
      }
      const { plan, hour, probability, probabilityError } = chosen;
      const timing = { hour, probability: rounded(probability), probabilityError: rounded(probabilityError) };
      const at = realTime(clock, chosen.at);
      const best: BestTime = { channel: plan.channel, ...timing, at };
      if (at > now()) {
        const when = { at: new Date(now()), until: new Date(at) };
        await store.messages.hold({ ...plan, timing }, 'best-time', when);
      }
      return best;
    },
  };
}

const rounded = (share: number): number => Math.round(share * 1e4) / 1e4;
