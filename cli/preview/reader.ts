import { MongoClient } from 'mongodb';
import { readConfiguration } from '../../domain/configuration-schema';
import type { RenderedBusiness, RenderedOffer } from '../../templates/render';
import { customerCollection } from '../../store/customers';
import { offerCollection } from '../../store/offers';

/** Who a preview is made for, and what about. */
export interface PreviewReader {
  readonly customer: { readonly firstName?: string; readonly locale?: string; readonly timeZone?: string };
  readonly business: RenderedBusiness;
  readonly offer?: RenderedOffer;
  readonly publicUrl: string;
}

/**
 * A stored customer, with an offer of the catalogue: the one named, else the first.
 *
 * @param env the environment variables that lead to the database
 * @throws Error - there is no such customer or offer, or the configuration is not complete
 */
export async function readStored(
  env: Readonly<Record<string, string | undefined>>,
  wanted: { readonly customerId: string; readonly offerId: string | undefined },
): Promise<PreviewReader> {
  const { business, http, mongodb } = readConfiguration(env);
  const client = new MongoClient(mongodb.uri, { serverSelectionTimeoutMS: 5_000 });
  try {
    const db = client.db(mongodb.database);
    const customer = await customerCollection(db).find(wanted.customerId);
    if (!customer || customer.erasedAt) throw new Error(`There is no customer "${wanted.customerId}".`);
    const offers = offerCollection(db);
    const offer = wanted.offerId === undefined ? (await offers.list())[0] : await offers.find(wanted.offerId);
    if (!offer && wanted.offerId !== undefined) throw new Error(`There is no offer "${wanted.offerId}".`);
    return { customer, business, publicUrl: http.publicUrl, ...(offer && { offer }) };
  } finally {
    await client.close();
  }
}
