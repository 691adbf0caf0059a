import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { keysOf } from './keys';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'perene-keys-'));
});

afterEach(() => rm(folder, { recursive: true }));

describe('keysOf', () => {
  it('makes keys that only this user can read, and keeps them', async () => {
    const dataDir = join(folder, 'data');
    const keys = await keysOf(dataDir);
    expect(await keysOf(dataDir)).toEqual(keys);
    expect((await stat(join(dataDir, 'keys.json'))).mode & 0o777).toBe(0o600);
    expect(await keysOf(folder)).not.toMatchObject({ PERENE_SECRET: keys.PERENE_SECRET });
  });

  it('does not replace a damaged file, since links that were sent depend on it', async () => {
    await writeFile(join(folder, 'keys.json'), '{"PERENE_SECRET":');
    await expect(keysOf(folder)).rejects.toThrow(/keys\.json is damaged/);
  });
});
