import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import {
  METADATA_ENCODING_KEY,
  type DataConverter,
  type Payload,
  type PayloadCodec,
} from '@temporalio/common';
import type { PayloadKey } from '../../domain/configuration-lists';

const encoding = 'binary/encrypted';
const keyIdName = 'encryption-key-id';
/** Sizes of AES-256-GCM's nonce and tag, bytes. */
const [nonceSize, tagSize] = [12, 16];

/**
 * Encrypts what Temporal keeps (inputs, results, signals, memos) with AES-256-GCM under the first key; the key's id stands
 * beside it. Every key decrypts, so that an old one stays in the list until no history holds it. Payloads in clear, from
 * before there were keys, are read as they are.
 *
 * @throws Error on decoding - a payload names a key that is not in the list, or was changed
 */
export function createPayloadCodec(keys: readonly PayloadKey[]): PayloadCodec {
  const [current] = keys;
  if (!current) throw new Error('A payload codec needs a key.');
  const byId = new Map(keys.map(({ id, secret }) => [id, secret]));

  function encrypt(payload: Payload, { id, secret }: PayloadKey): Payload {
    const nonce = randomBytes(nonceSize);
    const cipher = createCipheriv('aes-256-gcm', secret, nonce).setAAD(Buffer.from(id));
    const data = Buffer.concat([nonce, cipher.update(pack(payload)), cipher.final(), cipher.getAuthTag()]);
    return {
      metadata: { [METADATA_ENCODING_KEY]: Buffer.from(encoding), [keyIdName]: Buffer.from(id) },
      data,
    };
  }

  function decrypt(payload: Payload): Payload {
    const { metadata = {}, data } = payload;
    if (Buffer.from(metadata?.[METADATA_ENCODING_KEY] ?? []).toString() !== encoding || !data) return payload;
    const id = Buffer.from(metadata?.[keyIdName] ?? []).toString();
    const secret = byId.get(id);
    if (!secret)
      throw new Error(`PERENE_PAYLOAD_KEYS has no key "${id}", with which a payload was encrypted.`);
    const decipher = createDecipheriv('aes-256-gcm', secret, data.subarray(0, nonceSize))
      .setAAD(Buffer.from(id))
      .setAuthTag(data.subarray(data.length - tagSize));
    const text = decipher.update(data.subarray(nonceSize, data.length - tagSize));
    return unpack(Buffer.concat([text, decipher.final()]));
  }

  return {
    encode: (payloads) => Promise.resolve(payloads.map((payload) => encrypt(payload, current))),
    decode: async (payloads) => payloads.map(decrypt),
  };
}

/** A payload as bytes: the length of its metadata, its metadata as JSON, its data. */
function pack({ metadata, data }: Payload): Buffer {
  const entries = Object.entries(metadata ?? {}).map(([name, value]) => [
    name,
    Buffer.from(value).toString('base64'),
  ]);
  const head = Buffer.from(JSON.stringify(Object.fromEntries(entries)));
  const size = Buffer.alloc(4);
  size.writeUInt32BE(head.length);
  return Buffer.concat([size, head, data ?? Buffer.alloc(0)]);
}

function unpack(bytes: Buffer): Payload {
  const end = 4 + bytes.readUInt32BE();
  const head = JSON.parse(bytes.subarray(4, end).toString()) as Record<string, string>;
  const metadata = Object.entries(head).map(([name, value]) => [name, Buffer.from(value, 'base64')]);
  return { metadata: Object.fromEntries(metadata) as Record<string, Uint8Array>, data: bytes.subarray(end) };
}

/** How a client and a worker convert payloads: encrypted where keys are given. Failures carry codes and stay in clear. */
export function payloadConversion(keys: readonly PayloadKey[] | undefined): {
  dataConverter?: DataConverter;
} {
  return keys === undefined ? {} : { dataConverter: { payloadCodecs: [createPayloadCodec(keys)] } };
}
