import type { TextMessage } from './twilio-resources';

/** A page that shows text messages, newest first; where customers can answer, with a form to do so in their name. */
export function smsPage(messages: readonly TextMessage[], options: { readonly canAnswer: boolean }): string {
  const rows = [...messages].reverse().map((message) => messageRow(message, options.canAnswer));
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>SMS (${messages.length})</title>
<style>
  body { font: 16px/1.5 system-ui, sans-serif; max-width: 42rem; margin: 2rem auto; padding: 0 1rem; color: #1c2430; background: #f6f7f9; }
  li { list-style: none; background: #fff; border: 1px solid #dde2e9; border-radius: .75rem; padding: .75rem 1rem; margin: .75rem 0; }
  ul { padding: 0; } p { margin: .25rem 0; white-space: pre-wrap; overflow-wrap: anywhere; } small { color: #5b6573; }
  form { display: flex; gap: .5rem; margin-top: .5rem; } input { flex: 1; } input, button { font: inherit; padding: .25rem .5rem; }
</style>
<script>
  const isTyping = () => document.activeElement?.name === 'body' || [...document.forms].some((form) => form.body.value);
  setInterval(() => isTyping() || location.reload(), 5000);
</script>
</head>
<body>
<h1>SMS</h1>
<p><small>Nothing here left this machine: set the TWILIO_ variables to send for real.</small></p>
${rows.length === 0 ? '<p>No text message yet.</p>' : `<ul>\n${rows.join('\n')}\n</ul>`}
</body>
</html>
`;
}

function messageRow(message: TextMessage, canAnswer: boolean): string {
  const answer = `<form method="post" action="/answers"><input type="hidden" name="from" value="${escape(message.to)}">
<input name="body" required placeholder="Answer as this customer, e.g. STOP" aria-label="Answer"><button>Send</button></form>`;
  const state = `${message.status}${message.errorCode === undefined ? '' : ` (error ${message.errorCode})`}`;
  return `<li><small>To ${escape(message.to)} · <time>${message.createdAt.toISOString()}</time> · ${state}</small>
<p>${withLinks(escape(message.body))}</p>${canAnswer ? answer : ''}</li>`;
}

function withLinks(html: string): string {
  return html.replace(/https?:\/\/[^\s<]+/g, (url) => `<a href="${url}">${url}</a>`);
}

function escape(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
