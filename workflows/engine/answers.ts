import { stepKey } from '../../domain/enrolment';
import type { JourneyEvent, WaitPattern } from '../../domain/events';
import type { Channel, MessageResult } from '../../domain/messages';
import { surveyTemplates, type SurveyKind } from '../../domain/surveys';
import type { Burst } from './burst';
import type { JourneyContext, MessageOptions, Reply, SurveyAnswer } from './context';
import type { Pass } from './pass';

/** What steps that ask something are made of. */
export interface AnswerParts {
  readonly pass: Pass;
  readonly burst: Burst;
  /** Sends a message in a step. */
  readonly message: (
    channel: Channel,
    template: string,
    variables: object,
    options: MessageOptions,
  ) => Promise<unknown>;
  /** A step of its own that waits for an event for a while of the customer's clock. */
  readonly waitFor: (base: string, within: number, pattern: WaitPattern) => Promise<unknown>;
}

interface Question {
  readonly channel: Channel;
  readonly template: string;
  readonly variables: object;
  readonly base: string;
  /** Under which the wait for the answer is recorded. */
  readonly answer: string;
  readonly event: 'message.replied' | 'survey.answered';
}

type Asking = MessageOptions & { readonly within: number };

/** Makes the steps that ask the customer something and wait for the answer to that very message. */
export function answerSteps({
  pass,
  burst,
  message,
  waitFor,
}: AnswerParts): Pick<JourneyContext, 'ask' | 'survey'> {
  const question = async (
    { channel, template, variables, base, answer, event }: Question,
    { topic, within }: Asking,
  ): Promise<unknown> => {
    // The message is named by its step, which counts as the pass counts its steps.
    const n = pass.count(`asked ${base}`);
    const messageId = stepKey(burst.enrolment.id, n === 1 ? base : `${base}#${n}`);
    const sent = await message(channel, template, variables, { id: base, ...(topic && { topic }) });
    if ((sent as MessageResult).state !== 'sent') return null;
    return waitFor(answer, within, { event, where: { messageId } });
  };

  return {
    ask: async (template: string, variables: object, options: Asking): Promise<Reply | null> => {
      const { id } = options;
      const asked: Question = {
        channel: 'sms',
        template,
        variables,
        base: id ?? `ask:${template}`,
        answer: `reply:${id ?? template}`,
        event: 'message.replied',
      };
      return replyIn((await question(asked, options)) as JourneyEvent<'message.replied'> | null);
    },

    survey: async (kind: SurveyKind, options: Asking): Promise<SurveyAnswer | null> => {
      const { id } = options;
      const asked: Question = {
        channel: 'email',
        template: surveyTemplates[kind],
        variables: {},
        base: id ?? `survey:${kind}`,
        answer: `answer:${id ?? kind}`,
        event: 'survey.answered',
      };
      const event = (await question(asked, options)) as JourneyEvent<'survey.answered'> | null;
      return event && { score: event.properties.score };
    },
  };
}

/** What an answer says; somebody who says STOP answers nothing. */
function replyIn(event: JourneyEvent<'message.replied'> | null): Reply | null {
  if (!event || event.properties.keyword !== undefined) return null;
  const { answer = null, number = null } = event.properties;
  return { answer, number };
}
