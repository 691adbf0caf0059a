/** One mail server of several. */
export interface MailServer {
  /** Host, with its port where it is given: the server's name in the ledger. */
  readonly name: string;
  readonly url: string;
  /** Most e-mails per second through it, all workers together; absent: as many as it takes. */
  readonly ratePerSecond?: number;
}

/**
 * The mail servers that `SMTP_URL` lists, the preferred one first.
 *
 * @example mailServers('smtps://a.example?rate=50 smtps://b.example')
 */
export function mailServers(smtpUrl: string): readonly MailServer[] {
  return addressesIn(smtpUrl).map((address) => {
    const url = new URL(address);
    const rate = url.searchParams.get('rate');
    url.searchParams.delete('rate');
    return { name: url.host, url: url.href, ...(rate !== null && { ratePerSecond: Number(rate) }) };
  });
}

/** Whether a text is one SMTP address or several with spaces between, each rate a number above 0. */
export function isMailServers(smtpUrl: string): boolean {
  const addresses = addressesIn(smtpUrl);
  return addresses.length > 0 && addresses.every(isMailServer);
}

function isMailServer(address: string): boolean {
  if (!/^smtps?:\/\/[^/]/.test(address) || !URL.canParse(address)) return false;
  const rate = new URL(address).searchParams.get('rate');
  return rate === null || Number(rate) > 0;
}

const addressesIn = (smtpUrl: string): string[] => smtpUrl.split(/\s+/).filter((address) => address !== '');
