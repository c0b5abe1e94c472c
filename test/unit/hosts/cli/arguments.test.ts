import { describe, expect, it } from 'vitest';
import { Failure } from '#domain/failure.ts';
import {
  parseArguments,
  parseId,
  parseSetting,
  parseShare,
  parseWeighted,
} from '#hosts/cli/arguments.ts';
import { command, projectArgument } from '#hosts/cli/command.ts';

const sample = command({
  summary: '',
  about: [],
  arguments: {
    project: projectArgument,
    paths: { placeholder: 'PATH', meaning: 'images', many: true },
  },
  options: {
    dataset: { kind: 'text', placeholder: 'NAME', meaning: 'the dataset', required: true },
    set: { kind: 'text', placeholder: 'KEY=VALUE', meaning: 'a setting', many: true },
    preset: { kind: 'choice', choices: ['quick', 'paper'], standard: 'quick', meaning: 'a size' },
    top: { kind: 'integer', placeholder: 'N', min: 1, max: 20, standard: 10, meaning: 'how many' },
    seed: { kind: 'integer', placeholder: 'N', min: 0, meaning: 'a seed' },
    open: { kind: 'switch', meaning: 'open it' },
  },
  examples: [],
  run: () => Promise.resolve(0),
});

const parse = (...words: string[]) => parseArguments('sample', sample, words);

function failureOf(work: () => unknown): Failure {
  try {
    work();
  } catch (error) {
    if (error instanceof Failure) return error;
    throw error;
  }
  throw new Error('nothing was refused');
}

describe('parseArguments', () => {
  it('gives every argument and option by name, with defaults for those left out', () => {
    expect(parse('P', 'a b', '-', '--dataset', 'cells')).toEqual({
      project: 'P',
      paths: ['a b', '-'],
      dataset: 'cells',
      set: [],
      preset: 'quick',
      top: 10,
      seed: undefined,
      open: false,
      json: false,
      help: false,
    });
  });

  it('takes options anywhere, with "=", and more than once where that makes sense', () => {
    const words = ['--set', 'a=1', 'P', '--dataset=--odd', '--set=b=2', 'x', '--top=7', '--open'];
    expect(parse(...words, '--seed', '0', '--json')).toMatchObject({
      ...{ project: 'P', paths: ['x'], dataset: '--odd', set: ['a=1', 'b=2'] },
      ...{ top: 7, seed: 0, open: true, json: true },
    });
  });

  it('takes what follows "--" as arguments, whatever it looks like', () => {
    expect(parse('P', '--dataset', 'd', '--', '--open', '-x')).toMatchObject({
      paths: ['--open', '-x'],
      open: false,
    });
  });

  it.each([
    [['--dataset', 'd'], 'bad-input', 'P is missing: the project: a folder such as'],
    [['P', '--dataset', 'd'], 'bad-input', 'PATH is missing: images.'],
    [['P', '', '--dataset', 'd'], 'bad-input', 'PATH is empty: images.'],
    [['P', 'x'], 'bad-input', 'The option --dataset is missing: the dataset.'],
    [['P', 'x', '--dataset'], 'bad-input', 'The option --dataset needs a value: the dataset.'],
    [
      ['P', 'x', '--dataset', '--open'],
      'bad-input',
      'If that is the value, write --dataset=--open',
    ],
    [['P', 'x', '--dataset=a', '--dataset=b'], 'bad-input', 'The option --dataset is given twice.'],
    [
      ['P', 'x', '--datset', 'd'],
      'unknown-option',
      'no option --datset; the nearest is --dataset.',
    ],
    [['P', 'x', '--zzzzzz'], 'unknown-option', 'There is no option --zzzzzz. See'],
    [['P', 'x', '-z'], 'unknown-option', 'There is no option -z'],
    [['P', 'x', '--constructor=1'], 'unknown-option', 'There is no option --constructor'],
    [['P', 'x', '--__proto__=1'], 'unknown-option', 'There is no option --__proto__'],
    [['P', 'x', '--open=yes'], 'bad-input', 'The option --open takes no value.'],
    [['P', 'x', '--preset', 'quik'], 'bad-input', 'not "quik"; the nearest is "quick".'],
    [['P', 'x', '--top', '21'], 'bad-input', '--top is a whole number from 1 to 20, not "21".'],
    [['P', 'x', '--top', '1e1'], 'bad-input', 'not "1e1"'],
    [['P', 'x', '--seed=-1'], 'bad-input', '--seed is a whole number from 0, not "-1".'],
    [['P', 'x', '--seed', ''], 'bad-input', 'not ""'],
    [['P', 'x', '--top', '2,5'], 'bad-input', 'from 1 to 20, not "2,5".'],
  ])('refuses %j with the code %s and %j', (words, code, sentence) => {
    const failure = failureOf(() => parse(...words));
    expect(failure.code).toBe(code);
    expect(failure.message).toContain(sentence);
    expect(failure.message).toMatch(/\. See "normscope help sample"\.$/);
  });

  it('refuses a word too many and shows it safely', () => {
    const one = { arguments: { project: projectArgument }, options: {} };
    expect(failureOf(() => parseArguments('runs', one, ['P', 'Q\u202e\n'])).message).toBe(
      'There is one word too many: "Q\\u202e\\n". See "normscope help runs".',
    );
  });
});

describe('parseWeighted', () => {
  const range = { above: 0, max: 1000 };

  it('parts a name from the number behind its last "="', () => {
    expect(parseWeighted('outliers', 'photos=2.5', range)).toEqual({ name: 'photos', number: 2.5 });
    expect(parseWeighted('outliers', 'photos', range)).toEqual({
      name: 'photos',
      number: undefined,
    });
    expect(parseWeighted('outliers', 'a=b=2', range)).toEqual({ name: 'a=b', number: 2 });
  });

  it.each([
    ['cut-mix=0,5', { min: 0, max: 1 }, 'not "0,5". Write 0.5.'],
    ['photos=1,25', range, 'not "1,25". Write 1.25.'],
    ['blur=-0,1', { min: 0, max: 1 }, 'not "-0,1". Write -0.1.'],
    ['a=b', range, 'after "=" stands a number above 0 and at most 1000, not "b".'],
    ['a=', range, 'not "".'],
    ['a=1.2.3', range, 'not "1.2.3".'],
  ])('judges what stands after "=" in %s as a number', (text, bounds, words) => {
    expect(failureOf(() => parseWeighted('shift', text, bounds)).message).toContain(words);
  });

  it.each([
    ['x=0', range, 'above 0 and at most 1000'],
    ['x=-1', range, 'above 0 and at most 1000'],
    ['x=Infinity', range, 'above 0 and at most 1000'],
    ['x=1.01', { min: 0, max: 1 }, 'from 0 and at most 1'],
  ])('refuses %s', (text, bounds, words) => {
    expect(failureOf(() => parseWeighted('shift', text, bounds)).message).toContain(words);
  });
});

it('parses ids of runs and models, and refuses what is none', () => {
  expect(parseId('run', '12')).toBe(12);
  for (const text of ['0', '-1', '1.5', 'x', '1e3', '9'.repeat(16)]) {
    expect(failureOf(() => parseId('model', text)).code).toBe('bad-input');
  }
});

it('parses settings at their first "=", and refuses those without a key', () => {
  expect(parseSetting('a=b=c')).toEqual(['a', 'b=c']);
  expect(parseSetting('a=')).toEqual(['a', '']);
  for (const text of ['a', '=1', '']) {
    expect(failureOf(() => parseSetting(text)).message).toContain('--set takes key=value');
  }
});

describe('parseShare', () => {
  it('takes parts and percent', () => {
    expect(['0.1', '.25', '10%', '2.5 %'].map((text) => parseShare('false-share', text))).toEqual([
      ...[0.1, 0.25, 0.1, 0.025],
    ]);
  });

  it.each([
    ['0,05', 'not "0,05". Write 0.05.'],
    ['2,5 %', 'not "2,5 %". Write 2.5 %.'],
  ])('says how %s is written', (text, words) => {
    expect(failureOf(() => parseShare('false-share', text)).message).toContain(words);
  });

  it.each(['0', '1', '10', '100%', '-0.1', 'much', '0.1.2', ''])('refuses %j', (text) => {
    expect(failureOf(() => parseShare('false-share', text)).message).toMatch(
      /^--false-share is a share above 0 and below 1, such as 0\.1 or 10%, not /,
    );
  });
});
