// Parses the command line by a command's definition. Unknown words are refused, with the nearest valid name.

import { parseArgs } from 'node:util';
import { Failure } from '#domain/failure.ts';
import { decimalPoint } from '#domain/figures.ts';
import { nearestName } from '#domain/nearest-name.ts';
import {
  globalOptions,
  type Arguments,
  type Command,
  type Given,
  type Option,
  type Options,
} from './command.ts';
import { printable } from '#domain/printable.ts';

type Token = NonNullable<ReturnType<typeof tokensOf>>[number];
type OptionToken = Extract<Token, { kind: 'option' }>;

/**
 * words: what follows the command's name. Throws `unknown-option` or `bad-input`, with a message
 * that ends with the help page to read.
 */
export function parseArguments<A extends Arguments, O extends Options>(
  name: string,
  command: Pick<Command<A, O>, 'arguments' | 'options'>,
  words: readonly string[],
): Given<A, O> {
  try {
    return parse(command.arguments, command.options, words) as Given<A, O>;
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    throw new Failure(error.code, `${error.message} See "normscope help ${name}".`);
  }
}

function parse(expected: Arguments, own: Options, words: readonly string[]): object {
  const options: Options = { ...own, ...globalOptions };
  const given: Record<string, unknown> = {};
  const positionals: string[] = [];
  for (const token of tokensOf(options, words)) {
    if (token.kind === 'positional') positionals.push(token.value);
    if (token.kind === 'option') take(given, options, token);
  }
  const placed = placeArguments(expected, positionals);
  for (const [name, option] of Object.entries(options)) {
    if (name in given) continue;
    if (option.required) throw bad(`The option --${name} is missing: ${option.meaning}.`);
    given[name] = emptyValue(option);
  }
  return { ...given, ...placed };
}

/** Node's parseArgs splits the words; their meaning is decided here. */
function tokensOf(options: Options, words: readonly string[]) {
  return parseArgs({
    args: [...words],
    strict: false,
    allowPositionals: true,
    tokens: true,
    options: {
      ...Object.fromEntries(
        Object.entries(options).map(([name, { kind }]) => [
          name,
          { type: kind === 'switch' ? ('boolean' as const) : ('string' as const) },
        ]),
      ),
      help: { type: 'boolean', short: 'h' },
    },
  }).tokens;
}

function take(given: Record<string, unknown>, options: Options, token: OptionToken): void {
  const { name, rawName, value, inlineValue } = token;
  const option = Object.hasOwn(options, name) ? options[name] : undefined;
  if (!option) {
    const nearest = nearestName(name, Object.keys(options)).replace(/"(.*)"/, '--$1');
    throw new Failure('unknown-option', `There is no option ${printable(rawName)}${nearest}.`);
  }
  const isMany = option.kind === 'text' && option.many === true;
  if (name in given && !isMany) throw bad(`The option --${name} is given twice.`);
  if (option.kind === 'switch') {
    if (inlineValue) throw bad(`The option --${name} takes no value.`);
    given[name] = true;
    return;
  }
  if (value === undefined) throw bad(`The option --${name} needs a value: ${option.meaning}.`);
  if (!inlineValue && value.startsWith('-')) {
    throw bad(
      `The option --${name} needs a value before ${printable(value)}. ` +
        `If that is the value, write --${name}=${printable(value)}.`,
    );
  }
  const parsed = parseValue(name, option, value);
  given[name] = isMany ? [...((given[name] as string[] | undefined) ?? []), parsed] : parsed;
}

function parseValue(name: string, option: Option, value: string): string | number {
  if (option.kind === 'choice' && !option.choices.includes(value)) {
    const meant = option.synonyms?.meaning(value);
    if (meant !== undefined && option.choices.includes(meant)) return meant;
    const nearest = nearestName(value, option.synonyms?.wordsLike(value) ?? option.choices);
    throw bad(
      `--${name} is one of ${option.choices.join(', ')}, not "${printable(value)}"${nearest}.`,
    );
  }
  if (option.kind !== 'integer') return value;
  const { min, max = Number.MAX_SAFE_INTEGER } = option;
  const number = /^-?\d+$/.test(value) ? Number(value) : NaN;
  if (number >= min && number <= max) return number;
  const range = option.max === undefined ? `from ${min}` : `from ${min} to ${max}`;
  throw bad(`--${name} is a whole number ${range}, not "${printable(value)}".`);
}

function emptyValue(option: Option): unknown {
  if (option.kind === 'switch') return false;
  if (option.kind === 'text' && option.many) return [];
  return option.standard;
}

function placeArguments(expected: Arguments, words: readonly string[]): Record<string, unknown> {
  const placed: Record<string, unknown> = {};
  let next = 0;
  for (const [name, { placeholder, meaning, many, optional }] of Object.entries(expected)) {
    const taken = many ? words.slice(next) : words.slice(next, next + 1);
    if (taken.length === 0 && !optional) throw bad(`${placeholder} is missing: ${meaning}.`);
    if (taken.includes('')) throw bad(`${placeholder} is empty: ${meaning}.`);
    placed[name] = many ? taken : taken[0];
    next += taken.length;
  }
  if (next < words.length) {
    throw bad(`There is one word too many: "${printable(words[next]!)}".`);
  }
  return placed;
}

function bad(message: string): Failure {
  return new Failure('bad-input', message);
}

/** A whole number from 1 that names a run or a model. Throws `bad-input`. */
export function parseId(what: 'run' | 'model', text: string): number {
  if (/^[1-9]\d{0,14}$/.test(text)) return Number(text);
  throw bad(`The ${what} is a number such as 1, not "${printable(text)}". See "normscope runs P".`);
}

/**
 * `NAME=NUMBER` or `NAME` of an option that may be repeated. What follows the last "=" is always judged as
 * a number; only before it the name may hold "=" itself. Throws `bad-input` when it is no number, or out of
 * its range.
 */
export function parseWeighted(
  option: string,
  text: string,
  range: { readonly above?: number; readonly min?: number; readonly max: number },
): { name: string; number: number | undefined } {
  const at = text.lastIndexOf('=');
  if (at <= 0) return { name: text, number: undefined };
  const name = text.slice(0, at);
  const digits = text.slice(at + 1).trim();
  const number = digits === '' ? NaN : Number(digits);
  const isAbove = range.above === undefined || number > range.above;
  if (isAbove && number >= (range.min ?? -Infinity) && number <= range.max) return { name, number };
  const from = range.above === undefined ? `from ${range.min ?? 0}` : `above ${range.above}`;
  throw bad(
    Number.isNaN(number)
      ? `--${option} ${printable(text)}: after "=" stands a number ${from} and at most ${range.max}, not ` +
          `"${printable(digits)}".${decimalPoint(digits)}`
      : `The number in --${option} ${printable(text)} must be ${from} and at most ${range.max}.`,
  );
}

/** A share above 0 and below 1, as `0.1` or `10%`. Throws `bad-input`. */
export function parseShare(option: string, text: string): number {
  const [, digits, percent] = /^(\d*\.?\d+)\s*(%?)$/.exec(text.trim()) ?? [];
  const share = digits === undefined ? NaN : Number(digits) / (percent === '%' ? 100 : 1);
  if (share > 0 && share < 1) return share;
  throw bad(
    `--${option} is a share above 0 and below 1, such as 0.1 or 10%, not "${printable(text)}".` +
      decimalPoint(text),
  );
}

/** `key=value`. Throws `bad-input`. */
export function parseSetting(text: string): readonly [string, string] {
  const at = text.indexOf('=');
  if (at > 0) return [text.slice(0, at), text.slice(at + 1)];
  throw bad(`--set takes key=value, such as --set epochs=100, not "${printable(text)}".`);
}
