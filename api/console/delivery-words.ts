import type { DeliveryState } from '../../domain/deliveries';
import type { Locale } from '../../domain/locale';
import type { DeliveryDocument } from '../../store/deliveries';
import type { ReplayRefusal } from '../routes/deliveries';

/** What the page of webhooks and alerts says. */
export interface DeliveryWords {
  readonly title: string;
  readonly lead: string;
  readonly webhooks: string;
  readonly noWebhooks: string;
  readonly name: string;
  readonly address: string;
  readonly changed: string;
  readonly enabled: string;
  readonly disabled: string;
  readonly disabledBy: (since: string) => string;
  readonly enable: string;
  readonly twoSecrets: (until: string) => string;
  readonly alerts: string;
  readonly noAlerts: string;
  readonly reaches: string;
  readonly nobody: string;
  readonly deliveries: string;
  readonly none: string;
  readonly all: string;
  readonly to: string;
  readonly attempts: string;
  readonly again: string;
  readonly older: string;
  readonly replay: string;
  readonly askReplay: (delivery: { readonly to: string; readonly customer: string }) => string;
  readonly replayAll: (to: string) => string;
  readonly askReplayAll: (to: string) => string;
  /** Why a button came too late. */
  readonly tooLate: Readonly<Record<Exclude<ReplayRefusal, 'not-found'>, string>>;
  readonly kinds: Readonly<Record<DeliveryDocument['kind'], string>>;
  readonly states: Readonly<Record<DeliveryState, string>>;
  /** Why something was not taken; `http-404` and the like are told by {@link DeliveryWords.answered}. */
  readonly reasons: Readonly<Record<string, string>>;
  readonly answered: (status: string) => string;
}

export const deliveryWords: Readonly<Record<Locale, DeliveryWords>> = {
  en: {
    title: 'Webhooks and alerts',
    lead: 'What journeys told other systems and your team: what arrived, what is tried again, and what was given up and why.',
    webhooks: 'Webhooks',
    noWebhooks: 'No webhook yet. Set one with PUT /v1/webhooks/{name}.',
    name: 'Name',
    address: 'Address',
    changed: 'Changed',
    enabled: 'enabled',
    disabled: 'off',
    disabledBy: (since) => `since ${since}: it answered that nobody is there (410)`,
    enable: 'Enable again',
    twoSecrets: (until) => `the secret before signs too, until ${until}`,
    alerts: 'Alerts',
    noAlerts: 'Alerts reach nobody yet. Say whom with PUT /v1/alerts/{name}.',
    reaches: 'Reaches',
    nobody: 'nobody',
    deliveries: 'Deliveries',
    none: 'Nothing here.',
    all: 'all',
    to: 'To',
    attempts: 'Attempts',
    again: 'Tried again',
    older: 'Older',
    replay: 'Replay',
    askReplay: ({ to, customer }) =>
      `Replay what was told to ${to} about ${customer}? It goes out again under the same id, and is tried for a day. The run stays as it is: it went on when this was given up.`,
    replayAll: (to) => `Replay all to ${to}`,
    askReplayAll: (to) =>
      `Replay what was given up to ${to} and is still kept, oldest first, 1,000 at a time? Each goes out again under the id that it had, and is tried for a day. The runs stay as they are.`,
    tooLate: {
      'not-replayable': 'It cannot be replayed now: it was delivered, or is being replayed already.',
      'no-longer-kept': 'It can be replayed no more: what it told is no longer kept.',
    },
    kinds: { webhook: 'Webhook', alert: 'Alert' },
    states: {
      planned: 'waits',
      delivered: 'delivered',
      suppressed: 'suppressed',
      failed: 'given up',
      replaying: 'being replayed',
    },
    reasons: {
      'customer-erased': 'customer erased',
      'customer-unknown': 'customer unknown',
      holdout: 'control group',
      'journey-stopped': 'the run had ended',
      'no-such-webhook': 'no webhook of this name',
      'webhook-disabled': 'the webhook is off',
      'nobody-to-tell': 'the alert reaches nobody',
      gone: 'it answered that nobody is there (410)',
      timeout: 'no answer in time',
      connection: 'no connection',
      certificate: 'its certificate is not trusted',
      redirect: 'it led elsewhere',
      'name-not-found': 'its host is not known',
      'address-not-public': 'its address is not public',
      'not-https': 'its address is not https',
      'credentials-in-address': 'its address has a password in it',
    },
    answered: (status) => `it answered ${status}`,
  },
  'pt-BR': {
    title: 'Webhooks e alertas',
    lead: 'O que as jornadas contaram a outros sistemas e à sua equipe: o que chegou, o que será tentado de novo, e de que se desistiu e por quê.',
    webhooks: 'Webhooks',
    noWebhooks: 'Nenhum webhook ainda. Crie um com PUT /v1/webhooks/{name}.',
    name: 'Nome',
    address: 'Endereço',
    changed: 'Alterado',
    enabled: 'ligado',
    disabled: 'desligado',
    disabledBy: (since) => `desde ${since}: respondeu que não há mais ninguém (410)`,
    enable: 'Ligar de novo',
    twoSecrets: (until) => `o segredo anterior também assina, até ${until}`,
    alerts: 'Alertas',
    noAlerts: 'Os alertas ainda não chegam a ninguém. Diga a quem com PUT /v1/alerts/{name}.',
    reaches: 'Chega a',
    nobody: 'ninguém',
    deliveries: 'Entregas',
    none: 'Nada aqui.',
    all: 'todas',
    to: 'Para',
    attempts: 'Tentativas',
    again: 'Nova tentativa',
    older: 'Mais antigas',
    replay: 'Reenviar',
    askReplay: ({ to, customer }) =>
      `Reenviar o que foi contado a ${to} sobre ${customer}? Sai de novo com o mesmo id, e é tentado por um dia. A passagem fica como está: ela seguiu quando se desistiu disto.`,
    replayAll: (to) => `Reenviar tudo a ${to}`,
    askReplayAll: (to) =>
      `Reenviar aquilo de que se desistiu para ${to} e que ainda está guardado, do mais antigo ao mais novo, 1.000 por vez? Cada entrega sai de novo com o id que tinha, e é tentada por um dia. As passagens ficam como estão.`,
    tooLate: {
      'not-replayable': 'Não dá para reenviar agora: já foi entregue, ou já está sendo reenviada.',
      'no-longer-kept': 'Não dá mais para reenviar: o que ela contava não está mais guardado.',
    },
    kinds: { webhook: 'Webhook', alert: 'Alerta' },
    states: {
      planned: 'espera',
      delivered: 'entregue',
      suppressed: 'suprimida',
      failed: 'desistiu',
      replaying: 'sendo reenviada',
    },
    reasons: {
      'customer-erased': 'cliente apagado',
      'customer-unknown': 'cliente desconhecido',
      holdout: 'grupo de controle',
      'journey-stopped': 'a passagem tinha terminado',
      'no-such-webhook': 'nenhum webhook com este nome',
      'webhook-disabled': 'o webhook está desligado',
      'nobody-to-tell': 'o alerta não chega a ninguém',
      gone: 'respondeu que não há mais ninguém (410)',
      timeout: 'não respondeu a tempo',
      connection: 'sem conexão',
      certificate: 'o certificado dele não é confiável',
      redirect: 'levou a outro lugar',
      'name-not-found': 'o servidor dele não é conhecido',
      'address-not-public': 'o endereço dele não é público',
      'not-https': 'o endereço dele não é https',
      'credentials-in-address': 'há uma senha no endereço dele',
    },
    answered: (status) => `respondeu ${status}`,
  },
};
