// Finds the command for the words that were typed, and runs it.

import { readFile } from 'node:fs/promises';
import { Failure } from '#domain/failure.ts';
import { nearestName } from '#domain/nearest-name.ts';
import { parseArguments } from './arguments.ts';
import type { Command } from './command.ts';
import { commands as allCommands } from './commands.ts';
import { commandHelp, overview } from './output/help.ts';
import { printable } from '#domain/printable.ts';
import { Shell, type ShellParts } from './shell.ts';

type Commands = Readonly<Record<string, Command>>;

/** words: without the program's name. Resolves with the exit code; errors have been printed. */
export async function runCommandLine(
  words: readonly string[],
  parts: Omit<ShellParts, 'isJson'>,
  commands: Commands = allCommands,
): Promise<number> {
  const flags = words.includes('--') ? words.slice(0, words.indexOf('--')) : words;
  const shell = new Shell({ ...parts, isJson: flags.includes('--json') });
  try {
    const at = words.findIndex((word) => !word.startsWith('-'));
    if (at < 0) return await withoutCommand(words, parts, shell, commands);
    const name = words[at]!;
    const rest = words.toSpliced(at, 1);
    const wantsHelp = flags.includes('--help') || flags.includes('-h');
    if (name === 'help') {
      const topic = rest.find((word) => !word.startsWith('-'));
      const page = topic === undefined ? overview(commands) : helpOf(topic, commands);
      parts.out.write(page);
      return 0;
    }
    const command = find(name, commands);
    if (wantsHelp) {
      parts.out.write(commandHelp(name, command));
      return 0;
    }
    return await command.run(parseArguments(name, command, rest), shell);
  } catch (error) {
    return shell.fail(error);
  }
}

async function withoutCommand(
  words: readonly string[],
  { out }: Pick<ShellParts, 'out'>,
  shell: Shell,
  commands: Commands,
): Promise<number> {
  if (words.includes('--version')) {
    const version = await programVersion();
    shell.answer({ version });
    shell.say(version);
    return 0;
  }
  const known = ['--help', '-h', '--json'];
  const unknown = words.find((word) => !known.includes(word));
  if (unknown !== undefined) {
    const nearest = nearestName(unknown, ['--version', ...known]);
    throw new Failure('unknown-option', `There is no option ${printable(unknown)}${nearest}.`);
  }
  out.write(overview(commands));
  return 0;
}

function find(name: string, commands: Commands): Command {
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (command) return command;
  const nearest = nearestName(name, [...Object.keys(commands), 'help']);
  throw new Failure(
    'unknown-option',
    `There is no command "${printable(name)}"${nearest}. See "normscope help".`,
  );
}

function helpOf(name: string, commands: Commands): string {
  return commandHelp(name, find(name, commands));
}

async function programVersion(): Promise<string> {
  const text = await readFile(new URL('../../../package.json', import.meta.url), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}
