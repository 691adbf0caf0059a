/** A request for a tracked link or picture. */
export interface Visit {
  readonly method: string;
  readonly userAgent: string;
  /** The headers `Purpose`, `Sec-Purpose` and `X-Moz`, as they are: browsers that fetch ahead say so there. */
  readonly purpose: string;
  /** Milliseconds since the message was handed to its provider. */
  readonly sinceSent: number;
}

/** Nobody has read a message so soon; a filter that looks through every link has. */
const tooSoon = 3_000;

const programs =
  /bot\b|bot[/;]|crawl|spider|scan|preview|prefetch|headless|monitor|curl|wget|python|java\/|okhttp|go-http|axios|node-fetch|libwww|apache-httpclient|postman|proofpoint|barracuda|mimecast|symantec|trend ?micro|fireeye|safelinks|microsoft office|ms-office|outlook-?ios-?link|facebookexternalhit|whatsapp|telegram|slack|discord|skype/i;

/** Programs of mailbox providers that fetch a picture when, and only when, the person opens the e-mail. */
const openingProxies = /googleimageproxy|yahoomailproxy/i;

/** Apple's privacy proxy fetches every picture at delivery, under a name that is nothing else. */
const bareMozilla = /^mozilla\/5\.0$/i;

/** Whether a program made a visit rather than the person. */
export function isRobot({ method, userAgent, purpose, sinceSent }: Visit): boolean {
  if (method !== 'GET' || /prefetch|preview|prerender/i.test(purpose) || sinceSent < tooSoon) return true;
  const agent = userAgent.trim();
  if (agent === '' || bareMozilla.test(agent)) return true;
  return !openingProxies.test(agent) && programs.test(agent);
}
