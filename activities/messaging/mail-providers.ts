import type { Configuration } from '../../domain/configuration';
import { mailServers } from '../../domain/mail-servers';
import { createFailover, type FailoverDependencies } from './failover';
import type { EmailProvider } from './providers';
import { createSmtpProvider } from './smtp';

/** Longest time for one message through all servers, milliseconds: less than a claim lasts. */
const allTogether = 45_000;

/** The mail servers of a configuration as one provider. */
export function createMailProvider(
  { smtpUrl, from, bounces, dkim }: Configuration['email'],
  dependencies: FailoverDependencies & { readonly timeout?: number },
): EmailProvider {
  const servers = mailServers(smtpUrl);
  const { timeout = Math.min(20_000, allTogether / servers.length) } = dependencies;
  const ranked = servers.map(({ name, url, ratePerSecond }) => ({
    provider: createSmtpProvider({
      name: servers.length === 1 ? 'smtp' : name,
      url,
      from,
      timeout,
      ...(bounces !== undefined && { bounces }),
      ...(dkim && { dkim }),
    }),
    ...(ratePerSecond !== undefined && { ratePerSecond }),
  }));
  return createFailover(ranked, dependencies);
}
