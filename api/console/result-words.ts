import type { Locale } from '../../domain/locale';

/** What the page of a journey's results says. */
export interface ResultWords {
  readonly title: string;
  readonly lead: string;
  readonly noGoal: string;
  readonly control: string;
  readonly noControl: string;
  readonly groups: {
    readonly treated: string;
    readonly control: string;
    readonly untouched: string;
  };
  readonly group: string;
  readonly arm: string;
  readonly converted: string;
  readonly range: string;
  readonly open: string;
  readonly first: string;
  readonly of: (converted: string, customers: string) => string;
  readonly between: (low: string, high: string) => string;
  readonly nothingYet: string;
  readonly tooFew: string;
  readonly better: (points: string, low: string, high: string) => string;
  readonly worse: (points: string, low: string, high: string) => string;
  readonly unsure: (points: string, low: string, high: string) => string;
  readonly splits: string;
  readonly noSplits: string;
  readonly adaptive: string;
  readonly ratio: { readonly alarm: string; readonly fine: string; readonly unknown: string };
}

export const resultWords: Readonly<Record<Locale, ResultWords>> = {
  en: {
    title: 'Results',
    lead: 'Of customers whose run is over. Look as often as you like: the ranges hold at every look, and in at most 5 of 100 cases do they ever miss the truth.',
    noGoal: 'This journey has no goal, so that nobody can convert. Give it one to measure it.',
    control: 'Does the journey help?',
    noControl: 'This journey keeps no control group: what would have happened without it cannot be said.',
    groups: { treated: 'In the journey', control: 'Control group', untouched: 'Never sent any marketing' },
    group: 'Group',
    arm: 'Variant',
    converted: 'Reached the goal',
    range: 'Truth lies between',
    open: 'Still under way',
    first: 'The others are compared with this one.',
    of: (converted, customers) => `${converted} of ${customers}`,
    between: (low, high) => `${low} and ${high}`,
    nothingYet: 'Nothing can be said yet: nobody’s run is over.',
    tooFew: 'Nothing can be said yet: runs have to be over in both groups.',
    better: (points, low, high) => `Better: ${points} points (between ${low} and ${high}).`,
    worse: (points, low, high) => `Worse: ${points} points (between ${low} and ${high}).`,
    unsure: (points, low, high) =>
      `No difference is proven yet: ${points} points, between ${low} and ${high}.`,
    splits: 'Splits',
    noSplits: 'Nobody has come to a split yet.',
    adaptive:
      'This split sends more customers to what does better, so that its variants are not compared one with another.',
    ratio: {
      alarm:
        'Customers are not divided as they should be. Do not trust these figures before the reason is found.',
      fine: 'Customers are divided as they should be.',
      unknown: 'Whether customers are divided as they should be cannot be said here.',
    },
  },
  'pt-BR': {
    title: 'Resultados',
    lead: 'De clientes cuja passagem terminou. Olhe quantas vezes quiser: as faixas valem a cada olhada, e em no máximo 5 de 100 casos deixam a verdade de fora.',
    noGoal: 'Esta jornada não tem meta, então ninguém pode converter. Dê uma meta a ela para medir.',
    control: 'A jornada ajuda?',
    noControl: 'Esta jornada não mantém grupo de controle: não dá para dizer o que aconteceria sem ela.',
    groups: { treated: 'Na jornada', control: 'Grupo de controle', untouched: 'Nunca recebe marketing' },
    group: 'Grupo',
    arm: 'Variante',
    converted: 'Atingiram a meta',
    range: 'A verdade está entre',
    open: 'Em andamento',
    first: 'As outras são comparadas com esta.',
    of: (converted, customers) => `${converted} de ${customers}`,
    between: (low, high) => `${low} e ${high}`,
    nothingYet: 'Ainda não dá para dizer nada: ninguém terminou.',
    tooFew: 'Ainda não dá para dizer nada: é preciso que clientes dos dois grupos terminem.',
    better: (points, low, high) => `Melhor: ${points} pontos (entre ${low} e ${high}).`,
    worse: (points, low, high) => `Pior: ${points} pontos (entre ${low} e ${high}).`,
    unsure: (points, low, high) =>
      `Nenhuma diferença comprovada ainda: ${points} pontos, entre ${low} e ${high}.`,
    splits: 'Testes',
    noSplits: 'Ninguém chegou a um teste ainda.',
    adaptive:
      'Este teste manda mais clientes para o que vai melhor, por isso as variantes não são comparadas entre si.',
    ratio: {
      alarm:
        'Os clientes não estão divididos como deveriam. Não confie nestes números antes de achar o motivo.',
      fine: 'Os clientes estão divididos como deveriam.',
      unknown: 'Aqui não dá para dizer se os clientes estão divididos como deveriam.',
    },
  },
};
