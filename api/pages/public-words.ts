import type { Locale } from '../../domain/locale';
import type { Channel, Topic } from '../../domain/messages';
import { textVersionOf } from '../consent-proof';

/** What customers read on public pages. */
export interface PublicWords {
  readonly channels: Readonly<Record<Channel, string>>;
  readonly topics: Readonly<Record<Topic, { readonly name: string; readonly about: string }>>;
  readonly unsubscribe: {
    readonly title: string;
    readonly ask: (topic: string, channel: string) => string;
    readonly act: string;
    readonly done: string;
    readonly doneText: (topic: string, channel: string) => string;
  };
  readonly preferences: {
    readonly title: string;
    readonly intro: string;
    /** What saving says. */
    readonly consent: string;
    readonly measuring: string;
    readonly measure: string;
    readonly measureAbout: string;
    /** Before the version of the wording. */
    readonly version: string;
    readonly save: string;
    readonly none: string;
    readonly saved: string;
    /** After saving, where something has to be confirmed. */
    readonly asked: string;
    /** Beside what waits for a confirmation. */
    readonly waits: string;
    readonly stopped: string;
    readonly nothing: string;
    readonly link: string;
  };
  readonly pause: {
    readonly title: string;
    readonly about: string;
    readonly act: string;
    readonly on: (date: string) => string;
    readonly onAbout: string;
    readonly end: string;
  };
  readonly confirm: {
    readonly title: string;
    readonly ask: (business: string) => string;
    readonly list: string;
    readonly consent: string;
    readonly act: string;
    readonly done: string;
    readonly doneText: string;
    readonly over: string;
    readonly overText: string;
  };
  readonly invalid: { readonly title: string; readonly text: string };
}

export const publicWords: Readonly<Record<Locale, PublicWords>> = {
  en: {
    channels: { email: 'E-mail', sms: 'Text message' },
    topics: {
      offers: { name: 'Offers', about: 'Deals and suggestions chosen for you.' },
      service: { name: 'Service', about: 'When your car is due, and what it needs.' },
      account: { name: 'Your account', about: 'Tips and reminders about your profile.' },
    },
    unsubscribe: {
      title: 'Unsubscribe',
      ask: (topic, channel) => `Do you want to stop getting “${topic}” by ${channel.toLowerCase()}?`,
      act: 'Unsubscribe',
      done: 'You are unsubscribed',
      doneText: (topic, channel) => `We will send you no more “${topic}” by ${channel.toLowerCase()}.`,
    },
    preferences: {
      title: 'What we may send you',
      intro:
        'Choose what you want to hear from us, and how. Receipts and answers to what you do come in any case.',
      consent:
        'By saving you agree that we send you what is ticked here, and nothing else. You can change your mind on this page at any time.',
      measuring: 'Openings and clicks',
      measure: 'You may note what I open and click',
      measureAbout: 'So that what we send gets more useful. Without it, nothing of this is recorded.',
      version: 'Wording',
      save: 'Save',
      none: 'Nothing at all',
      saved: 'Your choice is saved.',
      asked: 'One step is left: press the button in the e-mail that we send you.',
      waits: 'Waits for your confirmation.',
      stopped: 'You answered STOP to a message. Answer START to it if you want messages again.',
      nothing: 'We have no address of yours to send anything to.',
      link: 'Choose what else we may send you',
    },
    pause: {
      title: 'Need a break?',
      about:
        'We send you none of this for 30 days, on any channel. What is ticked stays ticked, and what we would have sent meanwhile does not come later.',
      act: 'Pause for 30 days',
      on: (date) => `Paused: nothing before ${date}`,
      onAbout: 'Then we go on with what is ticked here, and nothing comes late.',
      end: 'End the pause',
    },
    confirm: {
      title: 'Please confirm',
      ask: (business) => `May ${business} write to you?`,
      list: 'By e-mail, you asked for:',
      consent:
        'By confirming you agree that we send you these e-mails. You can stop each of them at any time.',
      act: 'Yes, write to me',
      done: 'Thank you, it is confirmed',
      doneText: 'A link in every message lets you choose what you get, or stop it.',
      over: 'This link is no longer valid',
      overText:
        'It waited for too long, or it was sent to another address. Nothing is sent to you because of it.',
    },
    invalid: {
      title: 'This link does not work',
      text: 'It may have been cut in two by your mail program. Please copy the whole link, or answer the message.',
    },
  },
  'pt-BR': {
    channels: { email: 'E-mail', sms: 'SMS' },
    topics: {
      offers: { name: 'Ofertas', about: 'Condições e sugestões escolhidas para você.' },
      service: { name: 'Revisões', about: 'Quando é hora da revisão e do que o carro precisa.' },
      account: { name: 'Sua conta', about: 'Dicas e lembretes sobre o seu cadastro.' },
    },
    unsubscribe: {
      title: 'Cancelar inscrição',
      ask: (topic, channel) =>
        `Quer deixar de receber “${topic}” por ${channel === 'SMS' ? channel : channel.toLowerCase()}?`,
      act: 'Cancelar inscrição',
      done: 'Inscrição cancelada',
      doneText: (topic, channel) =>
        `Você não receberá mais “${topic}” por ${channel === 'SMS' ? channel : channel.toLowerCase()}.`,
    },
    preferences: {
      title: 'O que podemos enviar a você',
      intro:
        'Escolha sobre o que quer receber notícias, e por onde. Comprovantes e respostas ao que você faz chegam de qualquer forma.',
      consent:
        'Ao salvar, você autoriza que enviemos o que está marcado aqui, e nada mais. Você pode mudar de ideia nesta página a qualquer momento.',
      measuring: 'Aberturas e cliques',
      measure: 'Podem registrar o que abro e em que clico',
      measureAbout: 'Assim o que enviamos fica mais útil. Sem isso, nada disso é registrado.',
      version: 'Texto',
      save: 'Salvar',
      none: 'Não quero nada',
      saved: 'Sua escolha foi salva.',
      asked: 'Falta um passo: toque no botão do e-mail que enviamos a você.',
      waits: 'Falta a sua confirmação.',
      stopped:
        'Você respondeu PARAR a uma mensagem. Responda VOLTAR a ela se quiser receber mensagens de novo.',
      nothing: 'Não temos nenhum endereço seu para enviar mensagens.',
      link: 'Escolher o que mais podemos enviar',
    },
    pause: {
      title: 'Quer dar um tempo?',
      about:
        'Por 30 dias não enviamos nada disto, por nenhum canal. O que está marcado continua marcado, e o que enviaríamos nesse tempo não chega depois.',
      act: 'Pausar por 30 dias',
      on: (date) => `Em pausa: nada antes de ${date}`,
      onAbout: 'Depois seguimos com o que está marcado aqui, e nada chega atrasado.',
      end: 'Encerrar a pausa',
    },
    confirm: {
      title: 'Confirme, por favor',
      ask: (business) => `A ${business} pode escrever para você?`,
      list: 'Por e-mail, você pediu:',
      consent:
        'Ao confirmar, você autoriza o envio destes e-mails. Pode cancelar cada um deles a qualquer momento.',
      act: 'Sim, quero receber',
      done: 'Obrigado, está confirmado',
      doneText: 'Um link em cada mensagem permite escolher o que você recebe, ou parar.',
      over: 'Este link não vale mais',
      overText:
        'Ele esperou demais, ou foi enviado para outro endereço. Nada será enviado a você por causa dele.',
    },
    invalid: {
      title: 'Este link não funciona',
      text: 'Talvez o seu programa de e-mail o tenha cortado. Copie o link inteiro ou responda à mensagem.',
    },
  },
};

/** What somebody agrees to who saves their preferences, and the version under which the ledger remembers it. */
export function preferencesText(locale: Locale): { readonly consent: string; readonly version: string } {
  const { preferences, pause, topics, channels } = publicWords[locale];
  const said = Object.values(topics).flatMap(({ name, about }) => [name, about]);
  const { measuring, measure, measureAbout } = preferences;
  const words = [
    preferences.intro,
    preferences.consent,
    measuring,
    measure,
    measureAbout,
    pause.about,
    pause.act,
    pause.end,
    ...said,
    ...Object.values(channels),
  ];
  return { consent: preferences.consent, version: textVersionOf(`preferences-${locale}`, words) };
}

/** The version of what somebody agrees to who confirms a request. */
export function confirmationText(locale: Locale): string {
  const { confirm, topics } = publicWords[locale];
  const said = Object.values(topics).flatMap(({ name, about }) => [name, about]);
  return textVersionOf(`confirmation-${locale}`, [confirm.list, confirm.consent, confirm.act, ...said]);
}
