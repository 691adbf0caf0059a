import type { WantedPort } from './claim-ports';
import type { DevPorts, EmbeddedParts } from './plan';

/** The ports that `perene dev` takes where no option names others. */
export function defaultPorts(env: Readonly<Record<string, string | undefined>>): DevPorts {
  const api = Number(env['PORT'] || '3000');
  return { api, temporal: 7233, temporalUi: 8233, mongodb: 27017, smtp: 1025, mailbox: 1080, sms: 1081 };
}

/** Every port that `perene dev` listens on, with its purpose and the option that changes it. */
export function wantedPorts(
  { ports, services }: { readonly ports: DevPorts; readonly services: boolean },
  parts: EmbeddedParts,
): WantedPort[] {
  const api = [{ port: ports.api, purpose: 'API and console', option: '--port (or PORT)' }];
  const temporal = [
    { port: ports.temporal, purpose: 'Temporal server', option: '--temporal-port' },
    { port: ports.temporalUi, purpose: 'Temporal UI', option: '--temporal-ui-port' },
  ];
  const mailbox = [
    { port: ports.smtp, purpose: 'mail catcher', option: '--smtp-port' },
    { port: ports.mailbox, purpose: 'mailbox page', option: '--mailbox-port' },
  ];
  return [
    ...(services ? [] : api),
    ...(parts.temporal ? temporal : []),
    ...(parts.mongodb ? [{ port: ports.mongodb, purpose: 'MongoDB', option: '--mongodb-port' }] : []),
    ...(parts.mailbox ? mailbox : []),
    ...(parts.sms ? [{ port: ports.sms, purpose: 'SMS page', option: '--sms-port' }] : []),
  ];
}
