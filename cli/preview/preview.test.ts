import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { locales } from '../../domain/locale';
import { compiled } from '../../templates/compiled.gen';
import { customer, offer } from '../../test/builders';
import { testDatabase } from '../../test/servers';
import { customerCollection } from '../../store/customers';
import { offerCollection } from '../../store/offers';
import { channelsOf, preview } from './preview';
import { readStored, type PreviewReader } from './reader';
import { sampleCustomer, sampleVariables } from './sample';
import { findChromium, takeScreenshot } from './screenshot';

const folder = mkdtempSync(join(tmpdir(), 'perene-preview-test-'));
afterAll(() => rmSync(folder, { recursive: true }));

const reader: PreviewReader = {
  customer: sampleCustomer('en'),
  business: { name: 'Perene Motors', locale: 'pt-BR', timeZone: 'America/Sao_Paulo' },
  publicUrl: 'https://perene.example',
};
const environment = (uri: string) => ({
  MONGODB_URI: uri,
  TEMPORAL_ADDRESS: 'localhost:7233',
  SMTP_URL: 'smtp://localhost:1025',
  PERENE_WRITE_KEY: 'write-key-of-the-test',
  PERENE_ADMIN_KEY: 'admin-key-of-the-test',
  PERENE_SECRET: 'secret-of-the-test-of-32-characters',
  PUBLIC_URL: 'https://perene.example',
});

it('shows every template in every language with invented values', async () => {
  for (const channel of ['email', 'sms'] as const) {
    for (const template of Object.keys(compiled[channel])) {
      for (const locale of locales) {
        const shown = await preview({
          ...{ template, channel, folder, chromium: undefined, variables: {} },
          reader: { ...reader, customer: sampleCustomer(locale) },
        });
        expect(shown).toMatchObject({ channel, template, locale });
        expect(shown.files).toHaveLength(channel === 'email' ? 2 : 1);
        expect(shown.files.map((file) => readFileSync(file, 'utf8'))).toContain(shown.text);
      }
    }
  }
});

it('takes values in place of invented ones, and keeps the files to this user', async () => {
  const options = { template: 'welcome', channel: 'email', folder, reader, chromium: undefined } as const;
  expect((await preview({ ...options, variables: {} })).text).toContain('\n[coupon]\n');
  const shown = await preview({ ...options, variables: { coupon: 'SPRING5' } });
  expect(shown.text).toContain('\nSPRING5\n');
  expect(shown.files.map((file) => statSync(file).mode & 0o777)).toEqual([0o600, 0o600]);
});

it('makes up lists and parts', () => {
  const shape = {
    kind: 'fields',
    fields: { cars: { kind: 'list', item: { kind: 'fields', fields: { model: { kind: 'text' } } } } },
  } as const;
  expect(sampleVariables(shape, 0)).toEqual({ cars: [{ model: '[model]' }, { model: '[model]' }] });
});

it('knows the channels of a template', () => {
  expect(channelsOf('winback-offer')).toEqual(['email', 'sms']);
  expect(channelsOf('welcome')).toEqual(['email']);
  expect(channelsOf('toString')).toEqual([]);
});

describe('for a stored customer', () => {
  it('speaks their language about an offer of the catalogue', async () => {
    const { db, uri, close } = await testDatabase();
    await customerCollection(db).collection.insertOne(customer({ _id: 'joana', firstName: 'Joana' }));
    await offerCollection(db).save('alignment', offer(), new Date());
    const stored = await readStored(environment(uri), { customerId: 'joana', offerId: 'alignment' });
    const shown = await preview({
      ...{ template: 'offer-warm', channel: 'email', folder, chromium: undefined, variables: {} },
      reader: stored,
    });
    expect(shown.subject).toBe('Joana, escolhemos para você: Alinhamento de rodas');
    expect(shown.text).toContain(':\nhttps://perene.example/p/preview\n');
    await close();
  });

  it('says who or what is not there', async () => {
    const { db, uri, close } = await testDatabase();
    const people = customerCollection(db).collection;
    await people.insertMany([customer(), customer({ _id: 'gone', erasedAt: new Date() })]);
    const read = (customerId: string, offerId?: string) =>
      readStored(environment(uri), { customerId, offerId });
    await expect(read('nobody')).rejects.toThrow('There is no customer "nobody".');
    await expect(read('gone')).rejects.toThrow('There is no customer "gone".');
    await expect(read('ana', 'nothing')).rejects.toThrow('There is no offer "nothing".');
    expect(await read('ana')).not.toHaveProperty('offer');
    await close();
  });
});

const chromium = findChromium({ PATH: process.env['PATH'] });
const withChromium = chromium === undefined ? it.skip : it;

withChromium('takes a picture of the whole page at the width asked for', async () => {
  const png = join(folder, 'page.png');
  const html = '<body style="margin:0"><div style="height:1234px">A long page</div></body>';
  await takeScreenshot(chromium ?? '', { html, width: 390, png });
  expect(existsSync(png)).toBe(true);
  const header = readFileSync(png);
  expect([header.readUInt32BE(16), header.readUInt32BE(20)]).toEqual([390, 1234]);
});
