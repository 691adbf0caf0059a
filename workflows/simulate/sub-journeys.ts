import type { EnrolRequest } from '../../activities/contract';
import { enrolRequestId, enrolmentId, workflowId } from '../../domain/enrolment';
import { meets, type JourneyEvent } from '../../domain/events';
import { letsIn } from '../../domain/reentry';
import type { Journey } from '../engine/journey';
import type { Played, Scenario, SimulatedEvent } from './simulate';

/** A run of another journey that the simulated one began. */
export interface PlayedRun {
  readonly journey: string;
  readonly enrolment: string;
  /** Epoch milliseconds. */
  readonly startedAt: number;
  readonly trigger: NonNullable<Scenario['trigger']>;
  readonly played: Played;
}

/** Plays the journeys in which a simulated run enrols its customer, by the rules of their entry. */
export function createSubJourneys(
  journey: Journey,
  scenario: Scenario,
  play: (journey: Journey, scenario: Scenario) => Promise<Played>,
) {
  const runs: PlayedRun[] = [];

  /** Gives the events that come of a request: the answer, and the end of the run that it began. */
  async function enrol(request: EnrolRequest, now: number): Promise<JourneyEvent[]> {
    const id = enrolRequestId(request.enrolment.id, request.step);
    const other = journey.enrols().find(({ name }) => name === request.journey);
    const entry = request.entries.find(({ fixed }) => meets({ ...fixed, ...request.properties }, fixed));
    if (!other || !entry) throw new Error(`Journey "${request.journey}" has no entry for these properties.`);
    const properties = { ...entry.fixed, ...request.properties };
    const key = request.key === undefined ? undefined : String(properties[request.key]);
    const under = workflowId({ journey: other.name, customerId: 'simulated', key });
    const earlier = runs.filter(({ enrolment }) => enrolment.startsWith(`${under}#`));
    const last = earlier.at(-1);
    const about = { request: id, journey: other.name };
    const answer = (result: object): JourneyEvent =>
      ({
        id: `answer:${id}`,
        name: 'enrolment.answered',
        receivedAt: now,
        properties: { ...about, ...result },
      }) as JourneyEvent;
    if (last && last.played.endedAt > now) {
      return [answer({ started: false, enrolment: last.enrolment, refusal: 'already-open' })];
    }
    if (last && !letsIn(other.reentry, { began: last.startedAt, at: now, clock: undefined })) {
      return [answer({ started: false, refusal: 're-entry' })];
    }
    const enrolment = enrolmentId(under, earlier.length + 1);
    const trigger = { name: entry.event, properties } as NonNullable<Scenario['trigger']>;
    const events = (scenario.events ?? []).flatMap((event): SimulatedEvent[] => {
      const after = scenario.start + event.after - now;
      return after > 0 ? [{ ...event, after: after as SimulatedEvent['after'] }] : [];
    });
    const played = await play(other, { ...scenario, start: now, trigger, events });
    runs.push({ journey: other.name, enrolment, startedAt: now, trigger, played });
    const ended = {
      id: `ended:${enrolment}`,
      name: 'journey.ended',
      receivedAt: played.endedAt,
      properties: { journey: other.name, enrolment, outcome: played.outcome },
    } as JourneyEvent;
    return [answer({ started: true, enrolment }), ended];
  }
  return { runs, enrol };
}
