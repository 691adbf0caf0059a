import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { load, YAML11_SCHEMA } from 'js-yaml';
import { z } from 'zod';
import { scripts } from '../package.json';
import { configurationVariables, readConfiguration } from '../domain/configuration-schema';

const root = join(__dirname, '..');
const service = z.object({
  image: z.string(),
  build: z.string().optional(),
  command: z.array(z.string()).optional(),
  environment: z.record(z.string(), z.coerce.string()).default({}),
  healthcheck: z.object({ test: z.array(z.string()) }).optional(),
  depends_on: z.record(z.string(), z.object({ condition: z.string() })).default({}),
  networks: z.array(z.string()),
  ports: z.array(z.string()).default([]),
  volumes: z.array(z.string()).default([]),
  configs: z.array(z.object({ source: z.string() })).default([]),
  container_name: z.undefined().optional(),
});
const compose = z
  .object({
    services: z.record(z.string(), service),
    networks: z.record(z.string(), z.object({ internal: z.boolean().optional() })),
    volumes: z.record(z.string(), z.null()),
    configs: z.record(z.string(), z.object({ content: z.string() })),
  })
  .parse(load(readFileSync(join(root, 'docker-compose.yml'), 'utf8'), { schema: YAML11_SCHEMA }));
const services = Object.entries(compose.services);
const own = services.filter(([, { build }]) => build !== undefined);
const dockerfile = readFileSync(join(root, 'Dockerfile'), 'utf8');
const example = readFileSync(join(root, '.env.example'), 'utf8');

/** Values as Compose puts them in: from `env`, else the default that the file names; throws where one is required. */
function filledIn(environment: Readonly<Record<string, string>>, env: Readonly<Record<string, string>>) {
  const fill = (text: string): string =>
    text.replace(/\$\{(\w+):([-?])([^}]*)\}/g, (_all, name: string, kind: string, rest: string) => {
      const value = env[name] ?? '';
      if (value !== '') return value;
      if (kind === '?') throw new Error(`${name}: ${rest}`);
      return rest;
    });
  return Object.fromEntries(Object.entries(environment).map(([name, value]) => [name, fill(value)]));
}

describe('docker-compose.yml', () => {
  it('pins every image to a version', () => {
    for (const [name, { image }] of services) expect(`${name} ${image}`).toMatch(/:v?\d+\.\d+[\w.-]*$/);
    expect(dockerfile.match(/^FROM .*$/gm)).toEqual([
      expect.stringMatching(/:\d+\.\d+\.\d+-/),
      'FROM packages AS build',
      expect.stringMatching(/:\d+\.\d+\.\d+-/),
    ]);
  });

  it('knows of every service whether it is healthy, or waits for one that it knows of', () => {
    const known = services.filter(
      ([, { build, healthcheck }]) =>
        healthcheck !== undefined || (build !== undefined && dockerfile.includes('HEALTHCHECK')),
    );
    const names = new Set(known.map(([name]) => name));
    for (const [name, { depends_on: dependencies }] of services) {
      const waitsForHealthy = Object.entries(dependencies).some(
        ([other, { condition }]) => condition === 'service_healthy' && names.has(other),
      );
      expect([name, names.has(name) || waitsForHealthy]).toEqual([name, true]);
    }
  });

  it('waits only for what is there, and for health or completion rather than a start', () => {
    for (const [, { depends_on: dependencies }] of services) {
      for (const [other, { condition }] of Object.entries(dependencies)) {
        expect(Object.keys(compose.services)).toContain(other);
        if (condition === 'service_healthy') expect(compose.services[other]?.healthcheck).toBeDefined();
        else expect(condition).toBe('service_completed_successfully');
      }
    }
  });

  it('declares every network, volume and file that a service uses', () => {
    for (const [, { configs, networks, volumes }] of services) {
      expect(Object.keys(compose.networks)).toEqual(expect.arrayContaining(networks));
      expect(Object.keys(compose.volumes)).toEqual(
        expect.arrayContaining(volumes.map((volume) => volume.split(':')[0])),
      );
      expect(Object.keys(compose.configs)).toEqual(
        expect.arrayContaining(configs.map(({ source }) => source)),
      );
    }
  });

  it('shows no database, and no port but the API, to other machines', () => {
    for (const name of ['mongodb', 'postgresql', 'temporal']) {
      expect(compose.services[name]).toMatchObject({ ports: [], networks: ['internal'] });
    }
    expect(compose.networks['internal']?.internal).toBe(true);
    const open = services.flatMap(([name, { ports }]) =>
      ports.filter((port) => !port.startsWith('127.0.0.1:')).map((port) => `${name} ${port}`),
    );
    expect(open).toEqual(['api 3000:3000']);
  });

  it('runs the API and the worker by their npm scripts, and fixes nothing that hinders more workers', () => {
    expect(own.map(([name]) => name)).toEqual(['api', 'worker']);
    for (const [name, { command }] of own) expect(command).toEqual(['npm', 'run', '--silent', name]);
    expect(scripts).toMatchObject({ api: expect.stringContaining('api/main.ts') as unknown });
    expect(scripts).toMatchObject({ worker: expect.stringContaining('worker/main.ts') as unknown });
    expect(compose.services['worker']?.ports).toEqual([]);
  });

  it('sets only variables that the configuration reads', () => {
    const names = configurationVariables.map(({ name }) => name);
    for (const [, { environment }] of own)
      expect(names).toEqual(expect.arrayContaining(Object.keys(environment)));
    const examples = [...example.matchAll(/^(?:# )?([A-Z_]+)=/gm)].map(([, name]) => name);
    expect([...names, 'POSTGRES_PASSWORD']).toEqual(expect.arrayContaining(examples));
  });

  it('is a complete configuration once the required values of .env.example are given, and not before', () => {
    const empty = [...example.matchAll(/^([A-Z_]+)=$/gm)].map(([, name]) => name ?? '');
    const given = Object.fromEntries(empty.map((name, index) => [name, `${index}`.repeat(32)]));
    for (const [, { environment }] of own) {
      expect(() => filledIn(environment, {})).toThrow('set it in .env');
      const configuration = readConfiguration(filledIn(environment, given));
      expect(configuration.email.smtpUrl).toBe('smtp://mailpit:1025');
      expect(configuration.sms.twilio).toBeUndefined();
      expect(configuration.business.timeZone).toBe('America/Sao_Paulo');
    }
    expect(compose.services['worker']?.healthcheck?.test.join(' ')).toContain(
      `:${compose.services['worker']?.environment['METRICS_PORT'] ?? ''}/metrics`,
    );
  });
});

describe('Dockerfile', () => {
  it('copies only what is there, leaves secrets out, and does not run as root', () => {
    for (const file of ['package.json', 'package-lock.json']) expect(existsSync(join(root, file))).toBe(true);
    const ignored = readFileSync(join(root, '.dockerignore'), 'utf8').split('\n');
    expect(ignored).toEqual(expect.arrayContaining(['.env*', '.git', '.perene', 'node_modules', 'test']));
    expect(dockerfile).toMatch(/^USER node$/m);
    expect(dockerfile).toContain('--omit=dev');
  });
});
