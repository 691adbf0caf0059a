import type { Locale } from '../../domain/locale';
import type { KeyScope } from '../../domain/keys';

/** What the pages of keys and of the audit log say. */
export interface AdministrationWords {
  readonly keys: string;
  readonly audit: string;
  readonly name: string;
  readonly scope: string;
  readonly scopes: Readonly<Record<KeyScope, string>>;
  readonly begins: string;
  readonly made: string;
  readonly ends: string;
  readonly revoked: string;
  readonly expired: string;
  readonly never: string;
  readonly days: string;
  readonly create: string;
  readonly rotate: string;
  readonly rotateHint: string;
  readonly revoke: string;
  readonly askRevoke: (name: string) => string;
  readonly once: string;
  readonly none: string;
  readonly who: string;
  readonly act: string;
  readonly on: string;
  readonly status: string;
  readonly nothingDone: string;
  readonly older: string;
}

export const administrationWords: Readonly<Record<Locale, AdministrationWords>> = {
  en: {
    keys: 'Keys',
    audit: 'Audit log',
    name: 'Name',
    scope: 'Opens',
    scopes: { write: 'events and signups', read: 'reading', admin: 'everything' },
    begins: 'Begins with',
    made: 'Made',
    ends: 'Ends',
    revoked: 'revoked',
    expired: 'expired',
    never: 'never',
    days: 'Days until it ends (empty: never)',
    create: 'Make a key',
    rotate: 'Exchange',
    rotateHint: 'Exchanging makes a new key; the old one opens for another 24 hours.',
    revoke: 'Revoke',
    askRevoke: (name) => `Revoke the key ${name}? Whoever uses it is shut out at once, for good.`,
    once: 'Copy the key now: it is not shown again.',
    none: 'No key was made yet. The keys of the environment always open.',
    who: 'Who',
    act: 'What',
    on: 'On',
    status: 'Answer',
    nothingDone: 'Nothing was done yet.',
    older: 'Older',
  },
  'pt-BR': {
    keys: 'Chaves',
    audit: 'Auditoria',
    name: 'Nome',
    scope: 'Abre',
    scopes: { write: 'eventos e cadastros', read: 'leitura', admin: 'tudo' },
    begins: 'Começa com',
    made: 'Criada',
    ends: 'Termina',
    revoked: 'revogada',
    expired: 'expirada',
    never: 'nunca',
    days: 'Dias até terminar (vazio: nunca)',
    create: 'Criar chave',
    rotate: 'Trocar',
    rotateHint: 'Trocar cria uma chave nova; a antiga ainda abre por 24 horas.',
    revoke: 'Revogar',
    askRevoke: (name) => `Revogar a chave ${name}? Quem a usa perde o acesso na hora, para sempre.`,
    once: 'Copie a chave agora: ela não aparece de novo.',
    none: 'Nenhuma chave foi criada ainda. As chaves do ambiente sempre abrem.',
    who: 'Quem',
    act: 'O quê',
    on: 'Sobre',
    status: 'Resposta',
    nothingDone: 'Nada foi feito ainda.',
    older: 'Mais antigas',
  },
};
