import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { createInbox, type Inbox } from './inbox';
import { loopback } from './ports';
import { smsPage } from './sms-page';
import {
  messageList,
  messageResource,
  newAccount,
  newMessage,
  refusalOf,
  type Refusal,
  type TextMessage,
  type TwilioAccount,
} from './twilio-resources';
import { postInbound, reportDelivery } from './twilio-webhooks';

export type { TextMessage, TwilioAccount } from './twilio-resources';

/** What goes wrong with one attempt to send. `drop` takes the message and cuts the connection without an answer. */
export type SmsFault =
  | { readonly kind: 'delay'; readonly ms: number }
  | { readonly kind: 'reject'; readonly status: number; readonly code: number }
  | { readonly kind: 'drop' }
  | { readonly kind: 'undelivered'; readonly errorCode: number };

/** How the stand-in is to run. */
export interface SmsStandInOptions {
  /** Absent: a free one. */
  readonly port?: number;
  /** Absent: an account of its own. */
  readonly account?: TwilioAccount;
  /** Webhook that gets what customers answer. */
  readonly inboundUrl?: string;
  /** Most messages kept; absent: all. */
  readonly limit?: number;
}

/**
 * An HTTP server that stands in for Twilio, the one provider that can't be tried without paying: it creates, lists, gives
 * and deletes messages as Twilio's REST API does, checks what it gets, posts signed status callbacks, and shows the messages on a page.
 */
export interface SmsStandIn extends Inbox<TextMessage> {
  /** As `TWILIO_BASE_URL` takes it; its page too. */
  readonly url: string;
  readonly account: TwilioAccount;
  /** The next attempts to send, one a fault, go wrong in this way. */
  inject(...faults: SmsFault[]): void;
  /**
   * Posts a customer's message to the inbound webhook.
   *
   * @returns the webhook's HTTP status
   */
  receive(message: { from: string; body: string }): Promise<number>;
  readonly close: () => Promise<void>;
}

/** Starts a stand-in. */
export async function smsStandIn(options: SmsStandInOptions = {}): Promise<SmsStandIn> {
  const account = options.account ?? newAccount();
  const inbox = createInbox<TextMessage>('text message', options.limit);
  const faults: SmsFault[] = [];
  const collection = `/2010-04-01/Accounts/${account.accountSid}/Messages`;

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<ServerResponse> {
    const url = new URL(request.url ?? '/', 'http://localhost');
    const route = `${request.method ?? ''} ${url.pathname}`;
    if (route === 'GET /')
      return html(response, smsPage(inbox.received, { canAnswer: options.inboundUrl !== undefined }));
    if (route === 'POST /answers') return answer(request, response);
    if (!isAuthorized(request, account))
      return refuse(response, { status: 401, code: 20003, message: 'Authenticate' });
    if (route === `POST ${collection}.json`) return create(request, response);
    if (route === `GET ${collection}.json`) {
      return json(response, 200, messageList(account, inbox.received, url.searchParams));
    }
    const deleted = inbox.take((message) => route === `DELETE ${collection}/${message.sid}.json`);
    if (deleted !== undefined) return response.writeHead(204).end();
    const found = inbox.received.find((message) => route === `GET ${collection}/${message.sid}.json`);
    if (found !== undefined) return json(response, 200, messageResource(account, found));
    return refuse(response, {
      status: 404,
      code: 20404,
      message: `The requested resource ${url.pathname} was not found`,
    });
  }

  async function create(request: IncomingMessage, response: ServerResponse): Promise<ServerResponse> {
    const form = await formOf(request);
    const fault = faults.shift();
    if (fault?.kind === 'delay') await sleep(fault.ms);
    const told = { message: 'The stand-in was told to refuse' };
    const refusal = fault?.kind === 'reject' ? { ...fault, ...told } : refusalOf(account, form);
    if (refusal !== undefined) return refuse(response, refusal);
    const message = newMessage(form);
    const accepted = messageResource(account, message);
    inbox.put(message);
    void reportDelivery(account, message, fault?.kind === 'undelivered' ? fault.errorCode : undefined);
    return fault?.kind === 'drop' ? response.destroy() : json(response, 201, accepted);
  }

  async function receive(message: { from: string; body: string }): Promise<number> {
    if (options.inboundUrl === undefined) throw new Error('This stand-in was given no inbound webhook.');
    return postInbound(account, options.inboundUrl, message);
  }

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<ServerResponse> {
    const { from = '', body = '' } = await formOf(request);
    await receive({ from, body });
    return response.writeHead(303, { location: '/' }).end();
  }

  const server = createServer((request, response) => {
    // A kept connection may be closed by this side just when the other side uses it again.
    response.setHeader('connection', 'close');
    handle(request, response).catch((error: unknown) =>
      refuse(response, { status: 500, code: 20500, message: String(error) }),
    );
  });
  const port = await new Promise<number>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port ?? 0, loopback, () => {
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : 0);
    });
  });
  return {
    ...inbox,
    account,
    url: `http://${loopback}:${port}`,
    inject: (...more) => void faults.push(...more),
    receive,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function isAuthorized(request: IncomingMessage, { accountSid, authToken }: TwilioAccount): boolean {
  return (
    request.headers.authorization === `Basic ${Buffer.from(`${accountSid}:${authToken}`).toString('base64')}`
  );
}

async function formOf(request: IncomingMessage): Promise<Record<string, string>> {
  return Object.fromEntries(new URLSearchParams(await text(request)));
}

function refuse(response: ServerResponse, { status, code, message }: Refusal): ServerResponse {
  return json(response, status, {
    code,
    message,
    more_info: `https://www.twilio.com/docs/errors/${code}`,
    status,
  });
}

function json(response: ServerResponse, status: number, body: unknown): ServerResponse {
  return response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

function html(response: ServerResponse, page: string): ServerResponse {
  return response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(page);
}
