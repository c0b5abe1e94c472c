import { describe, expect, it } from 'vitest';
import { Failure } from '#domain/failure.ts';
import { command } from '#hosts/cli/command.ts';
import { commands as realCommands } from '#hosts/cli/commands.ts';
import { Interrupts } from '#hosts/cli/interrupts.ts';
import { runCommandLine } from '#hosts/cli/run-command-line.ts';

const failures: Readonly<Record<string, () => unknown>> = {
  input: () => new Failure('bad-input', 'alpha is a number.'),
  missing: () => new Failure('not-found', 'There is no project.', '/data/x\u202e\n.normscope'),
  named: () => new Failure('project-in-use', 'Somebody has /data/p open.', '/data/p'),
  stopped: () => new Failure('stopped', 'Stopped.'),
  core: () => new Error('Something went wrong inside Normscope (reference 1f).'),
  bug: () => new TypeError('x is undefined'),
};

const commands = {
  say: command({
    summary: 'Says a word',
    about: ['Nothing more.'],
    arguments: { word: { placeholder: 'WORD', meaning: 'a word' } },
    options: { loud: { kind: 'switch', meaning: 'in capitals' } },
    examples: [],
    run: ({ word, loud }, shell) => {
      shell.say(loud ? word.toUpperCase() : word);
      shell.note('said');
      shell.answer({ word });
      return Promise.resolve(0);
    },
  }),
  fail: command({
    summary: 'Fails',
    about: [],
    arguments: { how: { placeholder: 'HOW', meaning: 'how' } },
    options: {},
    examples: [],
    run: ({ how }) => Promise.reject(failures[how]!() as Error),
  }),
};

async function run(...words: string[]) {
  return await runWith(commands, ...words);
}

async function runWith(list: Parameters<typeof runCommandLine>[2], ...words: string[]) {
  let out = '';
  let err = '';
  const screen = (write: (text: string) => void) => ({ write, isTerminal: false, columns: 80 });
  const code = await runCommandLine(
    words,
    {
      out: screen((text) => (out += text)),
      err: screen((text) => (err += text)),
      interrupts: new Interrupts(
        () => undefined,
        () => 0,
      ),
      now: () => 0,
      program: 'normscope',
    },
    list,
  );
  return { code, out, err };
}

describe('runCommandLine', () => {
  it('prints for people, or one JSON document for scripts', async () => {
    expect(await run('say', 'hello', '--loud')).toEqual({ code: 0, out: 'HELLO\n', err: 'said\n' });
    const json = { code: 0, out: '{"word":"hello"}\n', err: '' };
    expect(await run('say', 'hello', '--json')).toEqual(json);
    expect(await run('--json', 'say', 'hello')).toEqual(json);
  });

  it('refuses an unknown command with the nearest right one', async () => {
    expect(await run('sya', 'hello')).toEqual({
      code: 2,
      out: '',
      err: 'normscope: There is no command "sya"; the nearest is "say". See "normscope help".\n',
    });
    expect((await run('constructor')).err).toContain('There is no command "constructor".');
  });

  it('refuses unknown options, before and behind the command', async () => {
    const sentence =
      'normscope: There is no option --luod; the nearest is --loud. See "normscope help say".\n';
    expect(await run('say', 'x', '--luod')).toEqual({ code: 2, out: '', err: sentence });
    expect(await run('--luod', 'say', 'x')).toEqual({ code: 2, out: '', err: sentence });
    expect(await run('--vershun')).toMatchObject({ code: 2, out: '' });
  });

  it.each([
    ['input', 2, 'normscope: alpha is a number.\n'],
    ['missing', 1, 'normscope: /data/x\\u202e\\n.normscope: There is no project.\n'],
    ['named', 1, 'normscope: Somebody has /data/p open.\n'],
    ['stopped', 130, 'normscope: Stopped.\n'],
    ['core', 1, 'normscope: Something went wrong inside Normscope (reference 1f).\n'],
  ])('says the failure "%s" in a sentence, with exit code %i', async (how, code, err) => {
    expect(await run('fail', how)).toEqual({ code, out: '', err });
  });

  it('adds where a bug of its own happened', async () => {
    const { code, err } = await run('fail', 'bug');
    expect(code).toBe(1);
    expect(err).toMatch(/^normscope: x is undefined\nTypeError: x is undefined\n\s+at /);
  });

  it.each([
    ['input', { code: 'bad-input', message: 'alpha is a number.' }],
    [
      'missing',
      { code: 'not-found', message: 'There is no project.', path: '/data/x\u202e\n.normscope' },
    ],
    ['bug', { code: 'internal', message: 'x is undefined' }],
  ])('writes the failure "%s" as JSON on standard error', async (how, error) => {
    const { out, err } = await run('fail', how, '--json');
    expect(out).toBe('');
    expect(err.split('\n')).toHaveLength(2);
    expect(JSON.parse(err)).toEqual({ error });
  });

  it('writes mistakes in the words as JSON too, when JSON was asked for', async () => {
    for (const words of [
      ['sya', '--json'],
      ['--json', 'say'],
      ['say', 'x', '--luod', '--json'],
    ]) {
      const { code, err } = await run(...words);
      expect(code).toBe(2);
      expect(Object.keys(JSON.parse(err) as object)).toEqual(['error']);
    }
  });

  it('gives help for nothing, for "help" and for --help, whatever else is wrong', async () => {
    const overview = (await run()).out;
    expect(overview).toContain('Says a word');
    expect((await run('help')).out).toBe(overview);
    expect((await run('--help')).out).toBe(overview);
    const page = (await run('help', 'say')).out;
    expect(page).toContain('Usage: normscope say WORD [OPTIONS]');
    expect(await run('say', '--help')).toEqual({ code: 0, out: page, err: '' });
    expect(await run('say', '--luod', '-h')).toEqual({ code: 0, out: page, err: '' });
    expect((await run('help', 'sya')).code).toBe(2);
  });

  it('prints its version', async () => {
    const { out } = await run('--version');
    expect(out).toMatch(/^\d+\.\d+\.\d+\n$/);
    expect(await run('--version', '--json')).toMatchObject({
      out: `{"version":"${out.trim()}"}\n`,
    });
  });
});

describe('the help of every command', () => {
  it.each(Object.keys(realCommands))(
    '%s: says all it takes and fits on a terminal',
    async (name) => {
      const { out } = await runWith(realCommands, 'help', name);
      const { arguments: args, options, examples } = realCommands[name]!;
      for (const { placeholder, meaning } of Object.values(args)) {
        expect(out).toContain(placeholder);
        expect(out.replaceAll(/\s+/g, ' ')).toContain(meaning);
      }
      for (const [option, { meaning }] of Object.entries(options)) {
        expect(out).toContain(`--${option}`);
        expect(out.replaceAll(/\s+/g, ' ')).toContain(meaning);
      }
      expect(examples.length).toBeGreaterThanOrEqual(2);
      for (const { words } of examples) expect(words.split(' ')[0]).toBe(name);
      expect(Math.max(...out.split('\n').map((line) => line.length))).toBeLessThanOrEqual(100);
    },
  );
});
