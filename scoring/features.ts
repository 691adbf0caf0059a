import type { Locale } from '../domain/locale';

/** Whose value a feature reads; `pair` is what is known of a customer and an offer together. */
export type FeatureSource = 'customer' | 'offer' | 'context' | 'pair';
export type FeatureValue = number | string | boolean | readonly string[] | null | undefined;
type FeatureValues = Readonly<Record<string, FeatureValue>>;
export type FeatureInput = Readonly<Record<Exclude<FeatureSource, 'pair'>, FeatureValues>> & {
  readonly pair?: FeatureValues;
};

/** Of one customer and each offer, by the offer's index: numbers by their key. */
export type PairValues = Readonly<Record<string, ArrayLike<number>>>;

interface DefinitionBase {
  /** What a marketer calls it, by language; else the name of the column is shown. */
  readonly label?: Readonly<Record<Locale, string>>;
  /** True: each offer learns its own coefficient for it, beside the one that all offers share. */
  readonly perOffer?: boolean;
}

/** `(x - centre) / scale`, or `(ln(1 + x) - centre) / scale` with `log`. A missing value counts as the centre. */
export interface NumberFeature extends DefinitionBase {
  readonly kind: 'number';
  readonly from: FeatureSource;
  readonly key: string;
  readonly centre?: number;
  readonly scale?: number;
  readonly log?: boolean;
}

/** 1 where the value is true, else 0. */
export interface FlagFeature extends DefinitionBase {
  readonly kind: 'flag';
  readonly from: FeatureSource;
  readonly key: string;
}

/** One column for each level: 1 where the value is that level, or a list that holds it. Unknown levels are all 0. */
export interface CategoryFeature extends DefinitionBase {
  readonly kind: 'category';
  readonly from: FeatureSource;
  readonly key: string;
  readonly levels: readonly string[];
}

/** 1 where two values agree: they are equal, or one is a list that holds the other. */
export interface MatchFeature extends DefinitionBase {
  readonly kind: 'match';
  readonly of: readonly [Reference, Reference];
}

/** The products of all columns of one definition with all columns of another, named as `<source>.<key>`. */
export interface CrossFeature extends DefinitionBase {
  readonly kind: 'cross';
  readonly of: readonly [Reference, Reference];
}

export type Reference = `${FeatureSource}.${string}`;
export type FeatureDefinition = NumberFeature | FlagFeature | CategoryFeature | MatchFeature | CrossFeature;

/** A fixed, named order of columns. Column 0 is always `intercept`, which each offer also learns for itself. */
export interface FeatureSpace {
  readonly names: readonly string[];
  /** Columns for which each offer learns a coefficient of its own, ascending; 0 (the intercept) is among them. */
  readonly perOffer: readonly number[];
  /** What to call a column in a language. */
  label(column: number, locale: Locale): string;
  /** The feature vector phi(customer, offer, context), as long as `names`. */
  encode(input: FeatureInput): Float64Array;
  /** Encodes many offers for one customer after another: what depends on the offers alone is worked out once. */
  among(offers: readonly FeatureInput['offer'][]): OfferEncoder;
}

/**
 * The feature vector of an offer, by its index, for one customer and moment: written into `into` from `at` on where that is
 * given, else into an array of its own.
 */
export type EncodeOffer = (offer: number, into?: Float64Array, at?: number) => Float64Array;

/** Gives, for a customer and a moment, the function from an offer's index to its feature vector. */
export type OfferEncoder = (
  input: Pick<FeatureInput, 'customer' | 'context'>,
  pairs?: PairValues,
) => EncodeOffer;

interface Column {
  readonly name: string;
  readonly label: Readonly<Record<Locale, string>> | undefined;
  readonly perOffer: boolean;
  /** What it reads; the intercept reads nothing. */
  readonly from: readonly FeatureSource[];
  readonly read: (input: FeatureInput) => number;
  /** Of a cross the two columns, both before it, whose product it is. */
  readonly factors?: readonly [Column, Column];
}

/**
 * Compiles definitions into a feature space. The same definitions always give the same columns, so a model stored with
 * `names` can tell when the definitions have changed since.
 *
 * @throws RangeError where a name repeats, a cross names an unknown feature, or a scale is not above 0.
 * @example
 * defineFeatures([
 *   { kind: 'number', from: 'customer', key: 'tenureDays', log: true, centre: 5, scale: 2, perOffer: true },
 *   { kind: 'category', from: 'offer', key: 'category', levels: ['tyres', 'oil'] },
 *   { kind: 'cross', of: ['customer.tenureDays', 'offer.category'] },
 * ]).names // intercept, customer.tenureDays, offer.category=tyres, offer.category=oil, and the two products
 */
export function defineFeatures(definitions: readonly FeatureDefinition[]): FeatureSpace {
  const columns: Column[] = [interceptColumn];
  const byReference = new Map<string, readonly Column[]>();
  for (const definition of definitions) {
    const made = columnsOf(definition, byReference);
    if (definition.kind !== 'match' && definition.kind !== 'cross') {
      byReference.set(`${definition.from}.${definition.key}`, made);
    }
    columns.push(...made);
  }
  const names = columns.map(({ name }) => name);
  const repeated = names.find((name, index) => names.indexOf(name) !== index);
  if (repeated !== undefined) throw new RangeError(`Two features are named ${repeated}.`);
  return {
    names,
    perOffer: columns.flatMap(({ perOffer }, index) => (perOffer ? [index] : [])),
    label: (column, locale) => columns[column]?.label?.[locale] ?? names[column] ?? String(column),
    encode: (input) => {
      const values = new Float64Array(columns.length);
      columns.forEach(({ read }, column) => (values[column] = read(input)));
      return values;
    },
    among: (offers) => encoderAmong(columns, offers),
  };
}

function encoderAmong(columns: readonly Column[], offers: readonly FeatureInput['offer'][]): OfferEncoder {
  const nobody = { customer: {}, context: {} };
  const width = columns.length;
  const places = new Map(columns.map((column, place) => [column, place]));
  const those = (isOne: (column: Column) => boolean) =>
    Int32Array.from(columns.flatMap((column, place) => (isOne(column) ? [place] : [])));
  const offersOwn = those(({ from }) => from.length === 1 && from[0] === 'offer');
  const shared = those(({ from }) => !from.includes('offer') && !from.includes('pair'));
  const isMixed = ({ from }: Column) => from.includes('pair') || (from.includes('offer') && from.length > 1);
  const crossed = those((column) => isMixed(column) && column.factors !== undefined);
  const factor = (side: 0 | 1) =>
    crossed.map((place) => places.get(columns[place]?.factors?.[side] ?? interceptColumn) ?? 0);
  const [lefts, rights] = [factor(0), factor(1)];
  const read = those((column) => isMixed(column) && !column.factors);
  const readWithoutPairs = read.filter((place) => !columns[place]?.from.includes('pair'));
  const bases = new Float64Array(offers.length * width);
  offers.forEach((offer, index) => {
    for (const place of offersOwn)
      bases[index * width + place] = columns[place]?.read({ ...nobody, offer }) ?? 0;
  });
  return (input, pairs = {}) => {
    const known = Float64Array.from(shared, (place) => columns[place]?.read({ ...input, offer: {} }) ?? 0);
    const keys = Object.keys(pairs);
    const asked = keys.length === 0 ? readWithoutPairs : read;
    const pair: Record<string, number | undefined> = {};
    const all = { ...input, offer: offers[0] ?? {}, pair };
    // Counted loops over flat arrays: run for each of very many offers, iterators would be most of the garbage.
    return (index, into = new Float64Array(width), at = 0) => {
      for (let place = 0; place < width; place++) into[at + place] = bases[index * width + place] ?? 0;
      for (let n = 0; n < shared.length; n++) into[at + (shared[n] ?? 0)] = known[n] ?? 0;
      if (asked.length > 0) {
        for (const key of keys) pair[key] = pairs[key]?.[index];
        all.offer = offers[index] ?? {};
        for (let n = 0; n < asked.length; n++) {
          const place = asked[n] ?? 0;
          into[at + place] = columns[place]?.read(all) ?? 0;
        }
      }
      for (let n = 0; n < crossed.length; n++) {
        into[at + (crossed[n] ?? 0)] = (into[at + (lefts[n] ?? 0)] ?? 0) * (into[at + (rights[n] ?? 0)] ?? 0);
      }
      return into;
    };
  };
}

/** A feature space whose columns are already numbers, `names[0]` being 1 everywhere; every column is per offer. */
export function plainFeatures(names: readonly string[]): Pick<FeatureSpace, 'names' | 'perOffer'> {
  return { names, perOffer: names.map((_, index) => index) };
}

const interceptColumn: Column = {
  name: 'intercept',
  label: { en: 'how well the offer does in general', 'pt-BR': 'o desempenho geral da oferta' },
  perOffer: true,
  from: [],
  read: () => 1,
};

function columnsOf(
  definition: FeatureDefinition,
  known: ReadonlyMap<string, readonly Column[]>,
): readonly Column[] {
  const shared = { label: definition.label, perOffer: definition.perOffer ?? false };
  switch (definition.kind) {
    case 'number':
      return [
        {
          ...shared,
          name: `${definition.from}.${definition.key}`,
          from: [definition.from],
          read: numberReader(definition),
        },
      ];
    case 'flag': {
      const { from, key } = definition;
      return [
        {
          ...shared,
          name: `${from}.${key}`,
          from: [from],
          read: (input) => (input[from]?.[key] === true ? 1 : 0),
        },
      ];
    }
    case 'category': {
      const { from, key, levels } = definition;
      return levels.map((level) => ({
        ...shared,
        name: `${from}.${key}=${level}`,
        label: definition.label && withLevel(definition.label, level),
        from: [from],
        read: (input: FeatureInput) => (agree(input[from]?.[key], level) ? 1 : 0),
      }));
    }
    case 'match': {
      const [left, right] = definition.of.map(splitReference);
      if (!left || !right) return [];
      return [
        {
          ...shared,
          name: definition.of.join('~'),
          from: [...new Set([left.from, right.from])],
          read: (input) => (agree(input[left.from]?.[left.key], input[right.from]?.[right.key]) ? 1 : 0),
        },
      ];
    }
    case 'cross': {
      const [left, right] = definition.of.map((reference) => {
        const columns = known.get(reference);
        if (!columns) throw new RangeError(`A cross names ${reference}, which no feature before it defines.`);
        return columns;
      });
      return (left ?? []).flatMap((a) =>
        (right ?? []).map((b) => ({
          ...shared,
          name: `${a.name}*${b.name}`,
          label: shared.label ?? joinLabels(a, b),
          from: [...new Set([...a.from, ...b.from])],
          read: (input: FeatureInput) => a.read(input) * b.read(input),
          factors: [a, b] as const,
        })),
      );
    }
    default:
      return definition satisfies never;
  }
}

function numberReader({ from, key, centre = 0, scale = 1, log = false }: NumberFeature): Column['read'] {
  if (!(scale > 0)) throw new RangeError(`The scale of ${from}.${key} must be above 0.`);
  return (input) => {
    const value = input[from]?.[key];
    if (typeof value !== 'number' || !Number.isFinite(value)) return 0;
    return ((log ? Math.log1p(Math.max(value, 0)) : value) - centre) / scale;
  };
}

/** Absent values agree with nothing, not even with each other. */
function agree(left: FeatureValue, right: FeatureValue): boolean {
  if (left === null || left === undefined || right === null || right === undefined) return false;
  if (typeof left === 'object') {
    return typeof right === 'object'
      ? left.some((item) => right.includes(item))
      : left.includes(String(right));
  }
  return typeof right === 'object' ? right.includes(String(left)) : left === right;
}

function splitReference(reference: Reference): { from: FeatureSource; key: string } {
  const dot = reference.indexOf('.');
  const from = reference.slice(0, dot);
  if (from !== 'customer' && from !== 'offer' && from !== 'context' && from !== 'pair') {
    throw new RangeError(`${reference} does not begin with customer., offer., context. or pair.`);
  }
  return { from, key: reference.slice(dot + 1) };
}

function withLevel(label: Readonly<Record<Locale, string>>, level: string): Record<Locale, string> {
  return { en: `${label.en}: ${level}`, 'pt-BR': `${label['pt-BR']}: ${level}` };
}

function joinLabels(a: Column, b: Column): Record<Locale, string> {
  return {
    en: `${a.label?.en ?? a.name} × ${b.label?.en ?? b.name}`,
    'pt-BR': `${a.label?.['pt-BR'] ?? a.name} × ${b.label?.['pt-BR'] ?? b.name}`,
  };
}
