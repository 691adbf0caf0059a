import { ApplicationFailure } from '@temporalio/common';
import type { Configuration } from '../../domain/configuration';
import { surveyIn } from '../../domain/surveys';
import type { LinksDocument } from '../../store/links';
import type { MessagePlan } from '../../store/messages';
import type { OfferDocument } from '../../store/offers';
import type { RenderedEmail, RenderedSms, RenderOptions } from '../../templates/render';
import type { Variables } from '../contract';
import type { Recipient } from './checks';
import { addressMark, createPublicLinks } from './links';
import { mailIdOf } from './mail-id';
import type { Email, Sms } from './providers';
import { createTracked } from './tracking';
import { statusCallback } from './twilio-status';

/** Puts templates into words; `templates/render` is the one. */
export interface Renderer {
  renderEmail(template: string, options: RenderOptions): RenderedEmail;
  renderSms(template: string, options: RenderOptions): RenderedSms;
}

export interface ComposeDependencies {
  readonly renderer: Renderer;
  readonly configuration: Pick<
    Configuration,
    'business' | 'email' | 'globalHoldout' | 'http' | 'keys' | 'retention' | 'sms' | 'tracking'
  >;
  /** Real epoch milliseconds. */
  readonly now: () => number;
}

/** A message in the form in which its provider takes it. */
export type Letter =
  | ({ readonly channel: 'email' } & Email)
  /** `segments` is what it costs. */
  | ({ readonly channel: 'sms'; readonly segments: number } & Sms);

/** Writes messages: words, links and headers. The same plan, variables and person always give the same message. */
export function createComposer({ renderer, configuration, now }: ComposeDependencies) {
  const { business, email, http, keys, retention, sms } = configuration;
  const links = createPublicLinks({ secret: keys.secret, publicUrl: http.publicUrl });

  /** @throws ApplicationFailure `TemplateFailed` - to be tried again: a deployment that mends the template heals it */
  return (
    plan: MessagePlan,
    about: { recipient: Recipient; variables: Variables; offer: OfferDocument | null },
  ): { readonly letter: Letter; readonly links: LinksDocument | null } => {
    const { channel, customerId, topic } = plan;
    const { customer, address, zone } = about.recipient;
    const isTracked = configuration.tracking && customer.tracking !== false;
    const tracked = isTracked
      ? createTracked(plan._id, {
          secret: keys.secret,
          publicUrl: http.publicUrl,
          expireAt: new Date(now() + retention.links * 86_400_000),
        })
      : null;
    const awaiting = channel === 'email' ? customer.consent.email?.awaiting : undefined;
    const mark = channel === 'email' ? addressMark(address, keys.secret) : undefined;
    const unsubscribe = links.url({ kind: 'unsubscribe', customerId, channel, topic });
    const options: RenderOptions = {
      locale: customer.locale,
      timeZone: zone,
      variables: about.variables,
      customer: { firstName: customer.firstName },
      business,
      links: {
        unsubscribe,
        preferences: links.url({ kind: 'preferences', customerId, ...(mark !== undefined && { mark }) }),
        ...(surveyIn(plan.template) && {
          survey: links.url({ kind: 'survey', customerId, messageId: plan._id }),
        }),
        ...(awaiting &&
          mark !== undefined && {
            confirm: links.url({ kind: 'confirm', customerId, since: awaiting.since.getTime(), mark }),
          }),
      },
      ...(about.offer && { offer: tracked?.offer(about.offer) ?? about.offer }),
    };
    try {
      switch (channel) {
        case 'email': {
          const { subject, html, text } = renderer.renderEmail(plan.template, options);
          const mailId = mailIdOf(plan._id, address, { from: email.from, secret: keys.secret });
          const mail = { to: address, subject, html: tracked?.html(html) ?? html, text, mailId };
          const letter = {
            channel,
            ...mail,
            ...(plan.purpose === 'marketing' && { unsubscribe, isBulk: true }),
          };
          return { letter, links: tracked?.links() ?? null };
        }
        case 'sms': {
          const { body, segments } = renderer.renderSms(plan.template, options);
          const callback = statusCallback(plan._id, http.publicUrl, sms.twilio?.baseUrl);
          const text = { to: address, body, ...(callback !== undefined && { statusCallback: callback }) };
          const stored = about.offer ? (tracked?.links() ?? null) : null;
          return { letter: { channel, segments, ...text }, links: stored };
        }
        default:
          return channel satisfies never;
      }
    } catch (error) {
      throw ApplicationFailure.create({
        type: 'TemplateFailed',
        message: error instanceof Error ? error.message : `Template ${plan.template} failed.`,
      });
    }
  };
}

export type Composer = ReturnType<typeof createComposer>;
