import { greetingName, oneLine } from './person-name';

it.each([
  ['Ana', 'Ana'],
  ['  José   Carlos ', 'José Carlos'],
  ["D'Ávila-Souza Jr.", "D'Ávila-Souza Jr."],
  ['J.R. Moehringer', 'J.R. Moehringer'],
  ['明日香', '明日香'],
  ['Ana\r\nBcc: x', 'Ana Bcc: x'],
])('greets %p as %p', (given, name) => {
  expect(greetingName(given)).toBe(name);
});

it.each([
  undefined,
  '',
  ' \t\n',
  'win at https://prize.example',
  'www.prize',
  'prize.example',
  'me@prize',
  'You have been chosen to receive a new car today',
])('does not greet by %p', (given) => {
  expect(greetingName(given)).toBeUndefined();
});

it('takes out what turns the reading direction', () => {
  expect(oneLine('abc\u202Edef\u2066g\uFEFF')).toBe('abc def g');
});
