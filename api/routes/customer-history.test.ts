import { event } from '../../test/builders';
import { uniqueName } from '../../test/servers';
import { eventually, testApi, type TestApi } from '../../test/api';

let api: TestApi;
beforeAll(async () => (api = await testApi()));
afterAll(() => api.close());

interface Timeline {
  readonly items: readonly { readonly kind: string; readonly id: string; readonly at: string }[];
  readonly next?: string;
}

async function timeline(id: string, query: string): Promise<Timeline> {
  const { status, body } = await api.admin('GET', `/v1/customers/${id}/timeline?${query}`);
  expect(status).toBe(200);
  return body as unknown as Timeline;
}

describe('GET /v1/customers/{id}/timeline', () => {
  it('lists everything once, latest first, over pages that break at equal instants', async () => {
    const id = uniqueName('ana');
    const at = (minute: number) => new Date(Date.UTC(2026, 0, 1, 12, minute));
    const events = [0, 1, 1, 1, 1, 2].map((minute) =>
      event({ _id: uniqueName('event'), name: 'page.viewed', customerId: id, occurredAt: at(minute) }),
    );
    await api.store.events.insert(events);
    await api.store.enrolments.insert([
      {
        _id: `onboarding/${id}#1`,
        workflowId: `onboarding/${id}`,
        n: 1,
        journey: 'onboarding',
        customerId: id,
        triggerEventId: 'none',
        holdout: false,
        startedAt: at(1),
        open: true,
        trace: [],
      },
    ]);
    const all = (await timeline(id, 'limit=100')).items;
    expect(all).toHaveLength(7);
    expect(all.map((item) => item.at)).toEqual(
      [2, 1, 1, 1, 1, 1, 0].map((minute) => at(minute).toISOString()),
    );
    const paged: Timeline['items'][number][] = [];
    let next: string | undefined = '';
    while (next !== undefined) {
      const page: Timeline = await timeline(id, `limit=2${next && `&behind=${next}`}`);
      paged.push(...page.items);
      next = page.next;
    }
    expect(paged).toEqual(all);
  });

  it('refuses a place that is not one of ours', async () => {
    const { status, body } = await api.admin('GET', '/v1/customers/x/timeline?behind=bm9uc2Vuc2U');
    expect(status).toBe(400);
    expect(body).toMatchObject({ code: 'invalid-request', issues: [{ path: 'querystring.behind' }] });
  });
});

describe('DELETE /v1/customers/{id}', () => {
  it('deletes what is personal, ends open runs, and lets nothing come back', async () => {
    const id = uniqueName('erased');
    await api.post('/v1/customers', {
      id,
      email: 'gone@example.com',
      firstName: 'Gone',
      attributes: { tier: 'gold' },
    });
    await api.post('/v1/track', { userId: id, event: 'form.sent', properties: { text: 'I live in Recife' } });
    await api.allRouted();
    const { status, body } = await api.admin('DELETE', `/v1/customers/${id}`);
    expect(status).toBe(202);
    expect(body).toMatchObject({ id, erasedAt: expect.any(String) as string });
    await api.post('/v1/identify', { userId: id, traits: { email: 'back@example.com' } });
    expect((await api.post('/v1/customers', { id, email: 'back@example.com' })).status).toBe(409);
    const held = JSON.stringify((await api.admin('GET', `/v1/customers/${id}/export`)).body);
    for (const personal of ['gone@example.com', 'back@example.com', 'Gone', 'gold', 'Recife']) {
      expect(held).not.toContain(personal);
    }
    expect(held).toContain(`onboarding/${id}#1`);
    const run = api.temporal.client.workflow.getHandle(`onboarding/${id}`);
    await eventually(() =>
      run.describe().then(
        ({ status }) => status.name === 'TERMINATED',
        () => true,
      ),
    );
  });

  it('answers the same when it is called again, and for somebody of whom only events are known', async () => {
    const id = uniqueName('visitor');
    await api.post('/v1/track', { userId: id, event: 'page.viewed', properties: { url: '/ana-souza' } });
    const first = await api.admin('DELETE', `/v1/customers/${id}`);
    expect(first.status).toBe(202);
    expect(await api.admin('DELETE', `/v1/customers/${id}`)).toEqual(first);
    const held = await api.admin('GET', `/v1/customers/${id}/export`);
    expect(JSON.stringify(held)).not.toContain('ana-souza');
  });
});

describe('GET /v1/customers/{id}/export', () => {
  it('gives everything, also of before they were known, for programs and for people', async () => {
    const id = uniqueName('whole');
    const anonymousId = uniqueName('device');
    await api.post('/v1/track', { anonymousId, event: 'page.viewed', properties: { name: 'before' } });
    await api.post('/v1/track', {
      anonymousId,
      userId: id,
      event: 'form.sent',
      properties: { text: '<b>hi' },
    });
    await api.post('/v1/customers', { id, email: `${id}@example.com`, firstName: '<script>' });
    const { body } = await api.admin('GET', `/v1/customers/${id}/export`);
    expect(body).toMatchObject({
      customer: { firstName: '<script>' },
      visits: [{ properties: { name: 'before' } }],
      contacts: [],
      suppressions: [],
    });
    const page = (await api.admin('GET', `/v1/customers/${id}/export.html`)).body['text'];
    expect(page).toContain(`${id}@example.com`);
    expect(page).toMatch(/<h2>(Who you are|Quem você é)<\/h2>/);
    expect(page).toContain('&lt;script&gt;');
    expect(page).toContain('&lt;b&gt;hi');
    expect(page).not.toContain('<script>');
  });

  it('knows nothing of an id that never came', async () => {
    expect((await api.admin('GET', `/v1/customers/${uniqueName('nobody')}/export`)).status).toBe(404);
  });
});
