import { ApplicationFailure } from '@temporalio/common';
import { stepKey } from '../../domain/enrolment';
import type { Purpose, Topic } from '../../domain/messages';
import { surveyIn } from '../../domain/surveys';
import { templateMeta } from '../../domain/templates.gen';
import type { MessagePlan } from '../../store/messages';
import type { SendRequest, Variables } from '../contract';

/**
 * What a request asks for, as the ledger keeps it.
 *
 * @throws ApplicationFailure `UnknownTemplate` - to be tried again: a deployment that brings the template heals it
 */
export function planMessage(request: SendRequest): MessagePlan {
  const { enrolment, step, channel, template, variables, priority, topic, timing } = request;
  const templates: Readonly<Record<string, { purpose: Purpose; topic: Topic }>> = templateMeta[channel];
  const meta = Object.hasOwn(templates, template) ? templates[template] : undefined;
  if (!meta) {
    throw ApplicationFailure.create({
      type: 'UnknownTemplate',
      message: `There is no ${channel} template "${template}".`,
    });
  }
  const survey = surveyIn(template);
  return {
    _id: stepKey(enrolment.id, step),
    customerId: enrolment.customerId,
    journey: enrolment.journey,
    enrolmentId: enrolment.id,
    step,
    channel,
    template,
    purpose: meta.purpose,
    topic: topic ?? meta.topic,
    priority,
    ...offerIn(variables),
    ...(survey && { survey }),
    ...(timing && { timing }),
  };
}

/** The ids of the offer that the variables name. */
function offerIn({ offer }: Variables): { offerId?: string; decisionId?: string } {
  if (typeof offer !== 'object' || offer === null) return {};
  const { offerId, decisionId } = offer as Record<string, unknown>;
  return {
    ...(typeof offerId === 'string' && { offerId }),
    ...(typeof decisionId === 'string' && { decisionId }),
  };
}

/** Most segments of a text message that a template allows. */
export function segmentLimit(template: string): number {
  const limits: Readonly<Record<string, { readonly segments: number }>> = templateMeta.sms;
  return limits[template]?.segments ?? Infinity;
}
