import type { Http } from './http';

/** Puts the one offer that all journeys of a measurement choose from into the catalogue. */
export async function putOffer(http: Http): Promise<void> {
  await http.admin('PUT', '/v1/offers/tyres', {
    name: { en: 'Tyres', 'pt-BR': 'Pneus' },
    description: { en: 'Four tyres, fitted.', 'pt-BR': 'Quatro pneus, montados.' },
    slots: ['onboarding', 'upsell', 'winback'],
    price: { amount: 180_000, currency: 'BRL' },
    value: { amount: 60_000, currency: 'BRL' },
    url: 'https://motors.example/tyres',
  });
}
