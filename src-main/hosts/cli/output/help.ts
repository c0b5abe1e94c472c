// The help texts: the list of commands, and the page of each.

import {
  globalOptions,
  type Argument,
  type Command,
  type Option,
  type Options,
} from '../command.ts';
import { wrap } from './table.ts';

const width = 92;
const indent = 2;
/** The column in which meanings start. */
const column = 26;

/** What `normscope` and `normscope help` print. */
export function overview(commands: Readonly<Record<string, Command>>): string {
  const list = Object.entries(commands).map(([name, { summary }]) => entry(name, summary));
  return [
    ...wrap(
      'Normscope ranks microscope images by how strange they are, with a detector trained on this ' +
        'machine from images that you know to be normal.',
      width,
    ),
    '',
    'Usage: normscope COMMAND …      normscope help COMMAND',
    '',
    'Commands',
    ...list.flat(),
    '',
    'Options of every command',
    ...optionLines(globalOptions),
    ...entry('--version', 'print the version'),
    '',
    'A first look:  normscope demo',
    '',
  ].join('\n');
}

/** What `normscope help NAME` prints. */
export function commandHelp(name: string, command: Command): string {
  const args = Object.values(command.arguments);
  const usage = ['normscope', name, ...args.map(usageWord), ...requiredOptions(command.options)];
  if (Object.keys(command.options).length > 0) usage.push('[OPTIONS]');
  return [
    ...wrap(`${command.summary}.`, width),
    '',
    `Usage: ${usage.join(' ')}`,
    ...command.about.flatMap((paragraph) => ['', ...wrap(paragraph, width)]),
    ...section('Arguments', args.flatMap(argumentLines)),
    ...section('Options', optionLines({ ...command.options, ...globalOptions })),
    ...Object.entries(command.lists ?? {}).flatMap(([title, list]) =>
      section(
        title,
        list.flatMap(([name, meaning]) => entry(name, meaning)),
      ),
    ),
    ...section(
      'Examples',
      command.examples.flatMap(({ words, meaning }) => [
        `  normscope ${words}`,
        ...wrap(meaning, width, 6),
      ]),
    ),
    '',
  ].join('\n');
}

function section(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : ['', title, ...lines];
}

function usageWord({ placeholder, many, optional }: Argument): string {
  const word = many ? `${placeholder}…` : placeholder;
  return optional ? `[${word}]` : word;
}

function requiredOptions(options: Options): string[] {
  return Object.entries(options)
    .filter(([, option]) => option.required)
    .map(([name, option]) => `--${name} ${valueWord(option)}`);
}

function argumentLines(argument: Argument): string[] {
  return entry(argument.many ? `${argument.placeholder}…` : argument.placeholder, argument.meaning);
}

function optionLines(options: Options): string[] {
  return Object.entries(options).flatMap(([name, option]) => {
    const value = valueWord(option);
    const meaning = [option.meaning];
    if (option.kind === 'text' && option.many) meaning.push('may be given more than once');
    if (option.required) meaning.push('required');
    const standard = option.kind === 'switch' ? undefined : option.standard;
    if (standard !== undefined) meaning.push(`default ${standard}`);
    return entry(value === '' ? `--${name}` : `--${name} ${value}`, meaning.join('; '));
  });
}

function valueWord(option: Option): string {
  switch (option.kind) {
    case 'switch':
      return '';
    case 'choice':
      return option.choices.join('|');
    case 'text':
    case 'integer':
      return option.placeholder;
  }
}

/** A name with its meaning beside it, or below when the name is long. */
function entry(name: string, meaning: string): string[] {
  const lines = wrap(meaning, width, column);
  const start = ' '.repeat(indent) + name;
  if (start.length > column - 2) return [start, ...lines];
  return [start + lines[0]!.slice(start.length), ...lines.slice(1)];
}
