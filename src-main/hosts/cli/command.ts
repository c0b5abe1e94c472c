// The definition of a command: its name, arguments, options and function. A command is a
// plain object; commands.ts lists them.

import type { Shell } from './shell.ts';

export interface Argument {
  /** As it is written in the help: "PATH". */
  readonly placeholder: string;
  readonly meaning: string;
  /** Takes all that follow. */
  readonly many?: true;
  readonly optional?: true;
}

interface OptionWords {
  readonly meaning: string;
  readonly required?: true;
}
interface SwitchOption extends OptionWords {
  readonly kind: 'switch';
}
interface TextOption extends OptionWords {
  readonly kind: 'text';
  readonly placeholder: string;
  readonly standard?: string;
  /** May be given more than once. */
  readonly many?: true;
}
interface ChoiceOption extends OptionWords {
  readonly kind: 'choice';
  readonly choices: readonly string[];
  readonly standard?: string;
  /** Other words for the choices, whatever the case: "control" for normal. */
  readonly synonyms?: {
    /** From which the nearest may be suggested. */
    readonly wordsLike: (word: string) => readonly string[];
    readonly meaning: (word: string) => string | undefined;
  };
}
interface IntegerOption extends OptionWords {
  readonly kind: 'integer';
  readonly placeholder: string;
  readonly min: number;
  readonly max?: number;
  readonly standard?: number;
}

export type Option = SwitchOption | TextOption | ChoiceOption | IntegerOption;
export type Arguments = Readonly<Record<string, Argument>>;
export type Options = Readonly<Record<string, Option>>;

type WordOf<A> = A extends { many: true }
  ? readonly string[]
  : A extends { optional: true }
    ? string | undefined
    : string;
type Parsed<O> = O extends { kind: 'switch' }
  ? boolean
  : O extends { many: true }
    ? readonly string[]
    : O extends { kind: 'integer' }
      ? number
      : O extends { choices: readonly (infer C)[] }
        ? C
        : string;
type ValueOf<O> = O extends
  { required: true } | { standard: string | number } | { many: true } | { kind: 'switch' }
  ? Parsed<O>
  : Parsed<O> | undefined;

/** What was typed: arguments and options by name. */
export type Given<A, O> = { readonly [K in keyof A]: WordOf<A[K]> } & {
  readonly [K in keyof O]: ValueOf<O[K]>;
};

export interface Example {
  readonly words: string;
  readonly meaning: string;
}

export interface Command<A extends Arguments = Arguments, O extends Options = Options> {
  /** One line in the list of commands. */
  readonly summary: string;
  /** Paragraphs: what it does and what a user should know about it. */
  readonly about: readonly string[];
  readonly arguments: A;
  readonly options: O;
  readonly examples: readonly Example[];
  /** Further lists of the help page: names with their meanings. */
  readonly lists?: Readonly<Record<string, readonly (readonly [string, string])[]>>;
  /** Resolves with the exit code. */
  run(given: Given<A, O>, shell: Shell): Promise<number>;
}

/** Infers the types of a command's options, so that `run` receives them typed. */
export function command<const A extends Arguments, const O extends Options>(
  described: Command<A, O>,
): Command<A, O> {
  return described;
}

/** The project's folder, the first argument of nearly every command. */
export const projectArgument = {
  placeholder: 'P',
  meaning: 'the project: a folder such as Cells.normscope',
} as const satisfies Argument;

/** Options of every command. */
export const globalOptions = {
  json: {
    kind: 'switch',
    meaning: 'print JSON for scripts; errors as {"error":{"code","message"}} on standard error',
  },
  help: { kind: 'switch', meaning: 'print the help of the command' },
} as const satisfies Options;
