import { randomBytes } from 'node:crypto';
import { Client } from '@temporalio/client';
import { readConfiguration } from '../../domain/configuration-schema';
import { traceQueryName } from '../../domain/temporal-names';
import { eventually } from '../../test/api';
import { bundleOf } from '../../test/bundle';
import { uniqueName } from '../../test/servers';
import { testSystem } from '../../test/system';
import { temporalText } from '../../test/traces';
import { journeys } from '../../workflows/journeys';
import { createPayloadCodec, payloadConversion } from './codec';

const key = (id: string) => ({ id, secret: randomBytes(32) });
const [first, second, other] = [key('2026'), key('2027'), key('2026')];
const payload = { metadata: { encoding: Buffer.from('json/plain') }, data: Buffer.from('"Perene 208"') };

describe('the payload codec', () => {
  it('encrypts under the first key and reads what older ones encrypted, and what is in clear', async () => {
    const old = await createPayloadCodec([first]).encode([payload, payload]);
    expect(JSON.stringify(old.map(({ data }) => Buffer.from(data ?? []).toString()))).not.toContain('208');
    expect(old[0]?.data).not.toEqual(old[1]?.data);
    const rotated = createPayloadCodec([second, first]);
    const [read] = await rotated.decode(old);
    expect(Buffer.from(read?.data ?? []).toString()).toBe('"Perene 208"');
    expect(Buffer.from(read?.metadata?.['encoding'] ?? []).toString()).toBe('json/plain');
    expect(await rotated.decode([payload])).toEqual([payload]);
    const [fresh] = await rotated.encode([payload]);
    expect(Buffer.from(fresh?.metadata?.['encryption-key-id'] ?? []).toString()).toBe('2027');
  });

  it('refuses a payload of a key that it has not, and one that was changed', async () => {
    const [encrypted] = await createPayloadCodec([first]).encode([payload]);
    if (!encrypted?.data) throw new Error('Nothing was encrypted.');
    await expect(createPayloadCodec([second]).decode([encrypted])).rejects.toThrow('no key "2026"');
    await expect(createPayloadCodec([other]).decode([encrypted])).rejects.toThrow();
    const data = Buffer.from(encrypted.data);
    data.writeUInt8(data.readUInt8(20) ^ 1, 20);
    await expect(createPayloadCodec([first]).decode([{ ...encrypted, data }])).rejects.toThrow();
  });

  it('lets runs live with histories that nobody can read, and go on after a rotation', async () => {
    const variable = `2026:${first.secret.toString('base64')}`;
    const system = await testSystem(journeys, undefined, { PERENE_PAYLOAD_KEYS: variable });
    try {
      await system.startWorkers(await bundleOf());
      const id = uniqueName('sealed');
      await system.post('/v1/track', {
        userId: id,
        event: 'vehicle.delivered',
        properties: { vehicleId: 'v1', model: 'Unreadable 208' },
      });
      const waits = await eventually(() =>
        system.store.enrolments.collection.findOne({ customerId: id, step: { $exists: true } }),
      );
      // Temporal lists an execution a moment after it has begun.
      const text = await eventually(async () => {
        const found = await temporalText(system.client);
        return found.includes('binary/encrypted') && found;
      });
      expect(text).not.toContain('Unreadable 208');
      const rotated = new Client({
        ...{ connection: system.client.connection, namespace: system.client.options.namespace },
        ...payloadConversion([second, first]),
      });
      const run = rotated.workflow.getHandle(waits.workflowId);
      expect(await run.query(traceQueryName)).toEqual([]);
    } finally {
      await system.close();
    }
  });

  it('needs whole keys under ids that differ', () => {
    const fault = (keys: string) => () => readConfiguration({ PERENE_PAYLOAD_KEYS: keys });
    expect(fault('a:short')).toThrow('PERENE_PAYLOAD_KEYS must be a list of id:key');
    const same = first.secret.toString('hex');
    expect(fault(`a:${same},a:${same}`)).toThrow('PERENE_PAYLOAD_KEYS must be');
    expect(fault(`a:${same},b:${same}`)).not.toThrow('PERENE_PAYLOAD_KEYS');
  });
});
