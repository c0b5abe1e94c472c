import { expect, it } from 'vitest';
import { RunName } from '../../../../../src-renderer/views/runs/run-name.svelte.ts';

it('is written only when the user has typed another name', () => {
  const name = new RunName();
  name.follow(null);
  expect([name.text, name.change]).toEqual(['', undefined]);
  name.text = ' With cut-mix ';
  expect(name.change).toBe('With cut-mix');
  name.follow('With cut-mix');
  name.text = '';
  expect(name.change).toBe(null);
});

it('follows a name given in another window: leaving the field does not restore the old one', () => {
  const name = new RunName();
  name.follow('First');
  name.follow('From another window');
  expect([name.text, name.change]).toEqual(['From another window', undefined]);
});

it('keeps what the user is typing', () => {
  const name = new RunName();
  name.follow('First');
  name.text = 'First, wi';
  name.follow('From another window');
  expect([name.text, name.change]).toEqual(['First, wi', 'First, wi']);
});
