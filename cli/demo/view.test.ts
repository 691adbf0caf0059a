import type { Census } from './census';
import { createView, progressBlock, progressLine } from './view';

const run = { open: 1, converted: 2, completed: 3, exited: 4, erased: 0, control: 5 };
const census: Census = {
  runs: new Map([
    ['winback', run],
    ['onboarding', { ...run, open: 12 }],
  ]),
  messages: {
    email: { sent: 120, states: { planned: 4, sending: 1, suppressed: 2, failed: 1 }, reasons: {} },
    sms: { sent: 8, states: {}, reasons: {} },
  },
  decisions: 9,
  offers: new Map([
    ['tyres', { shown: 5, taken: 2 }],
    ['oil', { shown: 1, taken: 0 }],
  ]),
};
const progress = { day: 15.7, days: 30, sent: 800, census };

function output(terminal: { isTTY: boolean; columns?: number }) {
  let text = '';
  const write = (more: string) => (text += more);
  return { ...terminal, write, text: () => text };
}

it('tells how it goes in a line', () => {
  expect(progressLine(progress)).toBe(
    'day 15 of 30 · 800 events · runs 13 open, 18 over · email 120 sent · sms 8 sent · offers 6 shown, 2 taken',
  );
});

it('tells how it goes in a block', () => {
  expect(progressBlock(progress)).toEqual([
    '',
    '  Day 15 of 30  ████████████████░░░░░░░░░░░░░░  800 events',
    '',
    '  Journey      in it   converted   completed   exited   control',
    '  onboarding      12           2           3        4         5',
    '  winback          1           2           3        4         5',
    '',
    '  Messages   sent   waiting   suppressed   failed',
    '  email       120         5            2        1',
    '  sms           8         0            0        0',
    '',
    '  Offers  6 shown, 2 taken',
    '',
  ]);
});

it('updates one block in place on a terminal, no line of it longer than the window', () => {
  const terminal = output({ isTTY: true, columns: 40 });
  const view = createView(terminal);
  view.say('Ready');
  view.show(progress);
  const shown = terminal.text();
  expect(shown.split('\n').every((line) => line.length < 40)).toBe(true);
  view.show(progress);
  const height = progressBlock(progress).length;
  expect(terminal.text()).toBe(`${shown}\u001b[${height}A\u001b[J${shown.slice('Ready\n'.length)}`);
  view.end();
  view.end();
  expect(terminal.text().split('\u001b[J')).toHaveLength(3);
});

it('writes a line now and then where there is no terminal', () => {
  const pipe = output({ isTTY: false });
  const view = createView(pipe);
  view.say('Ready');
  view.show(progress);
  view.end();
  expect(pipe.text()).toBe(`Ready\n${progressLine(progress)}\n`);
});
