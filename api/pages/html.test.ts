import { html } from './html';

describe('html', () => {
  it('escapes values, in text and in attributes', () => {
    const name = `<b onclick="x">O'Neil & Co</b>`;
    expect(html`<p title="${name}">${name}</p>`.markup).toBe(
      '<p title="&lt;b onclick=&quot;x&quot;&gt;O&#39;Neil &amp; Co&lt;/b&gt;">&lt;b onclick=&quot;x&quot;&gt;O&#39;Neil &amp; Co&lt;/b&gt;</p>',
    );
  });

  it('shows controls and turned directions, but keeps lines', () => {
    const name = 'a\u0000b\u001b\u0085\u202ec\u2066d\r\n\té';
    expect(html`${name}`.markup).toBe('a\ufffdb\ufffd\ufffd\ufffdc\ufffdd\r\n\té');
  });

  it('takes HTML as it is, joins lists and leaves nothing for what is missing', () => {
    const items = ['a', 'b'].map((item) => html`<b>${item}</b>`);
    expect(html`${items}${null}${undefined}${false}${0}`.markup).toBe('<b>a</b><b>b</b>0');
  });
});
