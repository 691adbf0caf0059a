import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { readLink } from '../../activities/messaging/links';
import { scoresOf, surveyIn, surveyScales, type SurveyKind } from '../../domain/surveys';
import type { EventDocument } from '../../store/events';
import type { MessageDocument } from '../../store/messages';
import { messageEvent } from '../message-events';
import { html } from '../pages/html';
import { sendPage } from '../pages/public-page';
import { note, readerOf, sendInvalid, type PageReader } from '../pages/reader';
import { surveyWords } from '../pages/survey-words';
import type { ApiServer, Parts } from '../parts';

/** A token names the message, whose id may be long. */
const params = z.object({ token: z.string() });
/** What the link chose beforehand; nonsense chooses nothing. */
const querystring = z.object({ score: z.string().optional().catch(undefined) });
const schema = { hide: true, params, querystring };

/** Most characters of a comment; more is cut off. */
const longestComment = 2_000;
const answerForm = z.object({
  score: z.string().regex(/^\d{1,2}$/),
  comment: z
    .string()
    .transform((text) => text.trim().slice(0, longestComment))
    .catch(''),
});

/** A survey that a link leads to. */
interface Asked {
  readonly message: MessageDocument;
  readonly survey: SurveyKind;
  readonly reader: PageReader;
  /** Its answer is stored under this id, so that the first one counts. */
  readonly eventId: string;
}

/**
 * The page on which somebody answers a survey. Opening it records nothing, since mail programs open links too. The first
 * answer counts: the journey has acted on it.
 */
export function surveyPageRoutes(app: ApiServer, { configuration, store, ingestion, now }: Parts): void {
  const { secret } = configuration.keys;

  /** Undefined for a link that is not ours, null where its message or the person is gone. */
  async function find(token: string): Promise<Asked | null | undefined> {
    const link = readLink('survey', token, secret);
    if (!link) return undefined;
    const message = await store.messages.find(link.messageId);
    const survey = message ? surveyIn(message.template) : undefined;
    const customer = await store.customers.find(link.customerId);
    if (!message || !survey || !customer || message.customerId !== customer._id) return null;
    return { message, survey, reader: readerOf(customer, configuration), eventId: `survey:${message._id}` };
  }

  const answerTo = async ({ eventId }: Asked): Promise<EventDocument | undefined> =>
    (await store.events.findMany([eventId]))[0];

  app.get('/s/:token', { schema }, async (request, reply) => {
    const asked = await find(request.params.token);
    if (asked === undefined) return sendInvalid(reply, configuration, request.headers['accept-language']);
    if (asked === null) return overPage(reply, request.params.token);
    if (await answerTo(asked)) return donePage(reply, asked.reader);
    return questionPage(reply, asked, { score: request.query.score });
  });

  app.post('/s/:token', { schema }, async (request, reply) => {
    const asked = await find(request.params.token);
    if (asked === undefined) return sendInvalid(reply, configuration, request.headers['accept-language']);
    if (asked === null) return overPage(reply, request.params.token);
    const { message, survey, reader, eventId } = asked;
    const form = answerForm.safeParse(request.body);
    const score = form.success ? Number(form.data.score) : undefined;
    if (!form.success || score === undefined || !scoresOf(survey).includes(score)) {
      if (await answerTo(asked)) return donePage(reply, reader);
      return questionPage(reply, asked, { score: request.query.score, isIncomplete: true });
    }
    const { comment } = form.data;
    const more = { survey, score, journey: message.journey, ...(comment !== '' && { comment }) };
    await ingestion.accept([messageEvent(message, 'survey.answered', { id: eventId, at: now(), more })]);
    // Of two answers at once one is stored; a crash in between is made up for by whoever answers again.
    const answer = await answerTo(asked);
    if (answer) await store.messages.recordProgress(message._id, { state: 'replied', at: answer.occurredAt });
    return donePage(reply, reader);
  });

  function donePage(reply: FastifyReply, reader: PageReader): FastifyReply {
    const { done, doneText } = surveyWords[reader.locale];
    return note(reply, reader, { title: done, text: doneText });
  }

  async function overPage(reply: FastifyReply, token: string): Promise<FastifyReply> {
    const link = readLink('survey', token, secret);
    const reader = readerOf(link && (await store.customers.find(link.customerId)), configuration);
    const { over, overText } = surveyWords[reader.locale];
    return note(reply, reader, { title: over, text: overText, status: 404 });
  }
}

function questionPage(
  reply: FastifyReply,
  { survey, reader }: Asked,
  { score, isIncomplete = false }: { readonly score: string | undefined; readonly isIncomplete?: boolean },
): FastifyReply {
  const words = surveyWords[reader.locale];
  const { ask, lowest, highest } = words.questions[survey];
  const scale = surveyScales[survey];
  const body = html`${isIncomplete && html`<p class="done" role="alert">${words.choose}</p>`}
    <form method="post">
      <fieldset>
        <legend><h1>${ask(reader.business)}</h1></legend>
        <p class="soft">${scale.lowest} = ${lowest}, ${scale.highest} = ${highest}</p>
        <div class="scale">
          ${scoresOf(survey).map(
            (each) =>
              html`<label
                ><input
                  type="radio"
                  name="score"
                  value="${each}"
                  required
                  ${String(each) === score && html`checked`}
                /><span>${each}</span></label
              >`,
          )}
        </div>
      </fieldset>
      <label class="field" for="comment"
        ><span>${words.comment}<small>${words.optional}</small></span></label
      >
      <textarea id="comment" name="comment" rows="4" maxlength="${longestComment}"></textarea>
      <button>${words.act}</button>
    </form>`;
  return sendPage(reply, isIncomplete ? 400 : 200, { ...reader, title: words.title, body });
}
