import type { BroadcastGroup, BroadcastState } from '../../domain/broadcast';
import type { Locale } from '../../domain/locale';
import type { SegmentName } from '../../domain/segments';

/** A group of people in a broadcast; `rest` are those whom it has not come to. */
export type ShownGroup = BroadcastGroup | 'rest';

/** What the pages of broadcasts say. */
export interface BroadcastWords {
  readonly title: string;
  readonly lead: string;
  readonly none: string;
  readonly states: Readonly<Record<BroadcastState, string>>;
  readonly groups: Readonly<Record<ShownGroup, string>>;
  readonly meanings: Readonly<Record<ShownGroup, string>>;
  /** What `rest` is called once nothing goes out any more. */
  readonly neverReached: string;
  /** A running one whose time has not come. */
  readonly scheduled: string;
  readonly segments: Readonly<Record<SegmentName, string>>;
  readonly to: string;
  readonly message: string;
  readonly topic: string;
  readonly hour: string;
  readonly atOnce: string;
  readonly onTheirClock: (time: string, date?: string) => string;
  readonly rate: string;
  readonly perSecond: (rate: string) => string;
  readonly channelRate: string;
  readonly holdout: string;
  readonly begun: string;
  readonly begins: string;
  readonly ended: string;
  readonly pausedSince: string;
  readonly audience: string;
  readonly people: (count: string) => string;
  readonly notCounted: string;
  readonly progress: string;
  readonly pause: string;
  readonly resume: string;
  readonly cancel: string;
  readonly askCancel: (rest: string) => string;
  readonly confirmCancel: string;
  readonly askPause: string;
  readonly confirmPause: string;
  /** Why a button did nothing. */
  readonly pastThat: (state: string) => string;
}

export const broadcastWords: Readonly<Record<Locale, BroadcastWords>> = {
  en: {
    title: 'Broadcasts',
    lead: 'One message to everybody in a segment. Consent, contact limits and quiet hours hold for each person.',
    none: 'No broadcast yet. Begin one with POST /v1/broadcasts.',
    states: { running: 'running', paused: 'paused', cancelled: 'cancelled', completed: 'completed' },
    groups: {
      sent: 'sent',
      suppressed: 'suppressed',
      failed: 'failed',
      unknown: 'unknown',
      waiting: 'waiting',
      rest: 'not looked at yet',
    },
    meanings: {
      sent: 'The provider took the message.',
      suppressed:
        'Not to be sent: no consent, a contact limit, the control group, an address that is blocked.',
      failed: 'The provider refused it for good.',
      unknown: 'Handed over, but nobody can say whether it arrived. It is not sent twice.',
      waiting: 'Their hour has not come, or the provider could not take it. They are looked at again.',
      rest: 'In the segment; their turn has not come.',
    },
    neverReached: 'never reached',
    scheduled: 'scheduled',
    segments: {
      everyone: 'Everyone',
      'repeat-buyers': 'Repeat buyers',
      vip: 'VIP',
      'profile-complete': 'Complete profile',
    },
    to: 'To',
    message: 'Message',
    topic: 'Topic',
    hour: 'Hour',
    atOnce: 'as soon as each person may be written to',
    onTheirClock: (time, date) => `${time} on each person’s clock${date === undefined ? '' : `, ${date}`}`,
    rate: 'Rate',
    perSecond: (rate) => `at most ${rate} a second`,
    channelRate: 'the channel’s own',
    holdout: 'Control group',
    begun: 'Began',
    begins: 'Begins',
    ended: 'Ended',
    pausedSince: 'Paused',
    audience: 'Audience',
    people: (count) => `${count} people when it began`,
    notCounted: 'Not counted yet',
    progress: 'Progress',
    pause: 'Pause',
    resume: 'Resume',
    cancel: 'Cancel…',
    askCancel: (rest) =>
      `Cancel this broadcast? What was sent stays sent; ${rest} more will get nothing. It cannot be taken up again.`,
    confirmCancel: 'Cancel the broadcast',
    askPause: 'Pause this broadcast? Nobody else is sent it until you resume it.',
    confirmPause: 'Pause the broadcast',
    pastThat: (state) => `Nothing was changed: the broadcast is ${state} by now.`,
  },
  'pt-BR': {
    title: 'Envios em massa',
    lead: 'Uma mensagem para todos de um segmento. Consentimento, limites de contato e horário de silêncio valem para cada pessoa.',
    none: 'Nenhum envio em massa ainda. Comece um com POST /v1/broadcasts.',
    states: { running: 'em andamento', paused: 'pausado', cancelled: 'cancelado', completed: 'concluído' },
    groups: {
      sent: 'enviadas',
      suppressed: 'suprimidas',
      failed: 'falharam',
      unknown: 'incertas',
      waiting: 'esperando',
      rest: 'ainda não vistas',
    },
    meanings: {
      sent: 'O provedor aceitou a mensagem.',
      suppressed:
        'Não deve ser enviada: sem consentimento, limite de contato, grupo de controle, endereço bloqueado.',
      failed: 'O provedor recusou de vez.',
      unknown: 'Entregue ao provedor, mas não se sabe se chegou. Não é enviada de novo.',
      waiting: 'Ainda não é a hora da pessoa, ou o provedor não pôde aceitar. Tentamos de novo.',
      rest: 'Estão no segmento; ainda não chegou a vez.',
    },
    neverReached: 'não alcançadas',
    scheduled: 'programado',
    segments: {
      everyone: 'Todos',
      'repeat-buyers': 'Clientes que voltam a comprar',
      vip: 'VIP',
      'profile-complete': 'Perfil completo',
    },
    to: 'Para',
    message: 'Mensagem',
    topic: 'Assunto',
    hour: 'Horário',
    atOnce: 'assim que cada pessoa puder receber',
    onTheirClock: (time, date) => `${time} no relógio de cada pessoa${date === undefined ? '' : `, ${date}`}`,
    rate: 'Ritmo',
    perSecond: (rate) => `no máximo ${rate} por segundo`,
    channelRate: 'o do próprio canal',
    holdout: 'Grupo de controle',
    begun: 'Começou',
    begins: 'Começa',
    ended: 'Terminou',
    pausedSince: 'Pausado',
    audience: 'Público',
    people: (count) => `${count} pessoas quando começou`,
    notCounted: 'Ainda não contado',
    progress: 'Progresso',
    pause: 'Pausar',
    resume: 'Retomar',
    cancel: 'Cancelar…',
    askCancel: (rest) =>
      `Cancelar este envio? O que já foi enviado continua enviado; outras ${rest} pessoas não receberão nada. Não dá para retomar depois.`,
    confirmCancel: 'Cancelar o envio',
    askPause: 'Pausar este envio? Mais ninguém o recebe até você retomar.',
    confirmPause: 'Pausar o envio',
    pastThat: (state) => `Nada mudou: o envio já está ${state}.`,
  },
};
