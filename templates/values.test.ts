import type { FieldsShape } from './shape';
import { readFields } from './values';

const shape: FieldsShape = {
  kind: 'fields',
  fields: {
    name: { kind: 'text' },
    gift: { kind: 'text', optional: true },
    total: { kind: 'money' },
    items: {
      kind: 'list',
      item: { kind: 'fields', fields: { title: { kind: 'text' }, count: { kind: 'number' } } },
    },
  },
};
const complain = (path: string, fault: string): never => {
  throw new Error(`${path} ${fault}`);
};
const read = (values: unknown) => readFields(shape, values, { path: '', complain });
const good = { name: 'Ana', total: { amount: 1, currency: 'BRL' }, items: [{ title: 'Oil', count: 2 }] };

it('gives what the shape names, with what may be absent as undefined, and nothing else', () => {
  const values = read({ ...good, extra: 1, gift: null });
  expect(values).toStrictEqual({ ...good, gift: undefined });
});

it('puts text on one line and takes out what cannot be seen', () => {
  expect(read({ ...good, name: ' A\u0000\r\n\u202Eb\u2028 c ' })).toMatchObject({ name: 'A b c' });
});

it.each([
  [{ ...good, name: undefined }, 'name is missing'],
  [{ ...good, gift: 3 }, 'gift must be text'],
  [{ ...good, total: { amount: 1.5, currency: 'BRL' } }, 'total must be an amount in minor units'],
  [{ ...good, total: 15 }, 'total must be an amount in minor units'],
  [{ ...good, items: {} }, 'items must be a list'],
  [{ ...good, items: [{ title: 'Oil', count: 2 }, { title: 'Tyre' }] }, 'items[1].count is missing'],
  [{ ...good, items: [{ title: 'Oil', count: Number.NaN }] }, 'items[0].count must be a number'],
  [Object.create(good), 'name is missing'],
])('names what is wrong by its path', (values, message) => {
  expect(() => read(values)).toThrow(message);
});
