import type { Locale } from '../../domain/locale';
import type { FactorsReport, PolicyEvaluation, RetrainingStatus } from '../../store/retrainings';

/** What the team reads on the page of models. */
export interface ModelWords {
  readonly title: string;
  readonly intro: string;
  readonly live: string;
  readonly prior: string;
  readonly version: string;
  readonly since: string;
  readonly origin: string;
  readonly fromOutcomes: string;
  readonly outcomes: string;
  readonly features: string;
  readonly last: string;
  readonly none: string;
  readonly learned: (learned: string, heldOut: string) => string;
  readonly value: string;
  readonly perDecision: string;
  readonly logged: string;
  readonly candidate: string;
  readonly incumbent: string;
  readonly difference: string;
  readonly interval: string;
  readonly judgedBy: string;
  readonly all: string;
  readonly night: string;
  readonly state: string;
  readonly why: string;
  readonly statuses: Readonly<Record<RetrainingStatus, string>>;
  readonly reasons: Readonly<Record<string, string>>;
  readonly verdicts: Readonly<Record<PolicyEvaluation['verdict'], string>>;
  readonly watched: string;
  readonly drift: string;
  readonly driftIntro: (now: string, before: string) => string;
  readonly noDrift: string;
  readonly feature: string;
  readonly index: string;
  readonly reward: string;
  readonly levels: { readonly steady: string; readonly some: string; readonly much: string };
  readonly calibration: string;
  readonly calibrationIntro: (n: string, ratio: string, error: string) => string;
  readonly noCalibration: string;
  readonly predicted: string;
  readonly observed: string;
  readonly decisions: string;
  readonly chart: string;
  readonly factors: string;
  readonly factorsOf: (interactions: string, customers: string, offers: string) => string;
  readonly factorsOutcome: Readonly<Record<FactorsReport['outcome'], string>>;
  readonly ranks: (leaning: string, popularity: string) => string;
}

export const modelWords: Readonly<Record<Locale, ModelWords>> = {
  en: {
    title: 'Models',
    intro:
      'One model tells how likely each customer accepts each offer. Every night it is learned anew; the result goes live only where past decisions say that it is no worse.',
    live: 'Live now',
    prior: 'Nothing has been learned yet: every offer is taken to be accepted one time in twenty.',
    version: 'Version',
    since: 'Since',
    origin: 'Came from',
    fromOutcomes: 'what became of offers, one after the other',
    outcomes: 'Outcomes it holds',
    features: 'Features',
    last: 'The last retraining',
    none: 'No retraining yet. It runs every night, once there is something to learn from.',
    learned: (learned, heldOut) =>
      `Learned from ${learned} outcomes, judged by ${heldOut} decisions kept apart.`,
    value: 'Worth',
    perDecision: 'earned per decision, doubly robust estimate',
    logged: 'What was decided',
    candidate: 'The new model',
    incumbent: 'The live model',
    difference: 'Difference',
    interval: '95 % interval',
    judgedBy: 'Decisions',
    all: 'Versions, night by night',
    night: 'Night',
    state: 'State',
    why: 'Why',
    statuses: {
      candidate: 'candidate',
      rejected: 'rejected',
      'in-force': 'live',
      superseded: 'replaced',
      'rolled-back': 'rolled back',
    },
    reasons: {
      'no-worse': 'Past decisions say that it is no worse.',
      worse: 'Past decisions say that it is worse.',
      undecided: 'The interval is too wide to tell.',
      probation: 'The live model is not a week old and is watched first.',
      'nothing-to-judge-by': 'No decision whose outcome is known was kept apart.',
      'few-effective-decisions': 'Too few past decisions resemble what it would decide.',
      'few-effective-rewards': 'Too few acceptances among decisions like its own.',
      'one-decision-dominates': 'A single decision would settle the judgement.',
      'weights-off-balance': 'It would choose what was hardly ever shown.',
      replaced: 'A later model took its place.',
      'never-promoted': 'A later one came before it went live.',
      regressed: 'It earned less than the model it had replaced.',
    },
    verdicts: { better: 'better', 'no worse': 'no worse', worse: 'worse', undecided: 'cannot be told' },
    watched: 'Watched since',
    drift: 'Drift',
    driftIntro: (now, before) =>
      `How far the latest ${now} decisions differ from the ${before} before (population stability index).`,
    noDrift: 'Too few decisions to tell.',
    feature: 'Feature',
    index: 'Index',
    reward: 'Share accepted',
    levels: { steady: 'steady', some: 'some', much: 'much' },
    calibration: 'Do the chances come true?',
    calibrationIntro: (n, ratio, error) =>
      `${n} decisions. Accepted over expected: ${ratio}. Mean distance: ${error}.`,
    noCalibration: 'No decision whose outcome is known yet.',
    predicted: 'Expected',
    observed: 'Accepted',
    decisions: 'Decisions',
    chart: 'Expected share of acceptances (across) against the share that accepted (up), with 95 % intervals',
    factors: 'Customers like this one',
    factorsOf: (interactions, customers, offers) =>
      `Learned from ${interactions} pairs of ${customers} customers and ${offers} offers.`,
    factorsOutcome: {
      'in-force': 'Decisions weigh what similar customers took.',
      'few-interactions': 'Too little is known of what customers took.',
      'no-better-than-chance':
        'It did not rank what was kept apart better than chance; the one before stays.',
    },
    ranks: (leaning, popularity) =>
      `Of what customers took, kept apart to judge by, it ranks ${leaning} of other offers higher (chance: 50 %, popularity: ${popularity}; less is better).`,
  },
  'pt-BR': {
    title: 'Modelos',
    intro:
      'Um modelo diz qual a chance de cada cliente aceitar cada oferta. Toda noite ele é aprendido de novo; o resultado só entra no ar se as decisões passadas disserem que não é pior.',
    live: 'No ar agora',
    prior: 'Nada foi aprendido ainda: supõe-se que toda oferta é aceita uma vez em vinte.',
    version: 'Versão',
    since: 'Desde',
    origin: 'Veio de',
    fromOutcomes: 'resultados das ofertas, um após o outro',
    outcomes: 'Resultados que contém',
    features: 'Características',
    last: 'O último treinamento',
    none: 'Nenhum treinamento ainda. Ele roda toda noite, assim que houver o que aprender.',
    learned: (learned, heldOut) =>
      `Aprendeu com ${learned} resultados, julgado por ${heldOut} decisões separadas.`,
    value: 'Valor',
    perDecision: 'ganho por decisão, estimativa duplamente robusta',
    logged: 'O que foi decidido',
    candidate: 'O modelo novo',
    incumbent: 'O modelo no ar',
    difference: 'Diferença',
    interval: 'Intervalo de 95 %',
    judgedBy: 'Decisões',
    all: 'Versões, noite a noite',
    night: 'Noite',
    state: 'Estado',
    why: 'Por quê',
    statuses: {
      candidate: 'candidato',
      rejected: 'rejeitado',
      'in-force': 'no ar',
      superseded: 'substituído',
      'rolled-back': 'revertido',
    },
    reasons: {
      'no-worse': 'As decisões passadas dizem que não é pior.',
      worse: 'As decisões passadas dizem que é pior.',
      undecided: 'O intervalo é largo demais para concluir.',
      probation: 'O modelo no ar tem menos de uma semana e ainda é observado.',
      'nothing-to-judge-by': 'Nenhuma decisão com resultado conhecido foi separada.',
      'few-effective-decisions': 'Poucas decisões passadas se parecem com as que ele tomaria.',
      'few-effective-rewards': 'Poucas aceitações entre decisões como as dele.',
      'one-decision-dominates': 'Uma única decisão definiria o julgamento.',
      'weights-off-balance': 'Ele escolheria o que quase nunca foi mostrado.',
      replaced: 'Um modelo posterior tomou o seu lugar.',
      'never-promoted': 'Outro veio antes que ele entrasse no ar.',
      regressed: 'Rendeu menos que o modelo que havia substituído.',
    },
    verdicts: { better: 'melhor', 'no worse': 'não pior', worse: 'pior', undecided: 'não se pode dizer' },
    watched: 'Observado desde então',
    drift: 'Mudança',
    driftIntro: (now, before) =>
      `Quanto as últimas ${now} decisões diferem das ${before} anteriores (índice de estabilidade populacional).`,
    noDrift: 'Poucas decisões para dizer.',
    feature: 'Característica',
    index: 'Índice',
    reward: 'Parcela aceita',
    levels: { steady: 'estável', some: 'alguma', much: 'muita' },
    calibration: 'As chances se confirmam?',
    calibrationIntro: (n, ratio, error) =>
      `${n} decisões. Aceitas sobre esperadas: ${ratio}. Distância média: ${error}.`,
    noCalibration: 'Nenhuma decisão com resultado conhecido ainda.',
    predicted: 'Esperado',
    observed: 'Aceito',
    decisions: 'Decisões',
    chart:
      'Parcela esperada de aceitações (na horizontal) e parcela que aceitou (na vertical), com intervalos de 95 %',
    factors: 'Clientes parecidos',
    factorsOf: (interactions, customers, offers) =>
      `Aprendido de ${interactions} pares de ${customers} clientes e ${offers} ofertas.`,
    factorsOutcome: {
      'in-force': 'As decisões levam em conta o que clientes parecidos aceitaram.',
      'few-interactions': 'Ainda se sabe pouco do que os clientes aceitaram.',
      'no-better-than-chance': 'Não ordenou o que foi separado melhor que o acaso; o anterior permanece.',
    },
    ranks: (leaning, popularity) =>
      `Do que os clientes aceitaram, separado para julgar, põe ${leaning} das outras ofertas à frente (acaso: 50 %, popularidade: ${popularity}; menos é melhor).`,
  },
};
