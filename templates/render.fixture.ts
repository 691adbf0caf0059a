import type { RenderOptions } from './render';

/** All that any template needs, with what a test cares about in its place. */
export function renderOptions(changes: Partial<RenderOptions> = {}): RenderOptions {
  return {
    locale: 'en',
    timeZone: 'America/Sao_Paulo',
    variables: { coupon: 'WELCOME10', model: 'Aurora', dueOn: '2026-12-24', offer: { offerId: 'plan' } },
    customer: { firstName: 'Ana' },
    business: { name: 'Perene Motors', locale: 'pt-BR', timeZone: 'America/Sao_Paulo' },
    links: { unsubscribe: 'https://perene.example/u/t0', preferences: 'https://perene.example/p/t0' },
    offer: {
      name: { en: 'Service plan', 'pt-BR': 'Plano de revisões' },
      description: { en: 'Five years of care.', 'pt-BR': 'Cinco anos de cuidado.' },
      price: { amount: 349000, currency: 'BRL' },
      url: 'https://perene.example/plan?a=1&b=2',
    },
    ...changes,
  };
}
