// A command's access to its environment: output, clock and interrupt key.

import { Failure } from '#domain/failure.ts';
import type { Interrupts } from './interrupts.ts';
import { jsonText, printable } from '#domain/printable.ts';
import { shellWord } from './output/terminal-text.ts';
import { ProgressLine, type Screen } from './output/progress.ts';

export interface ShellParts {
  readonly out: Screen;
  readonly err: Screen;
  readonly isJson: boolean;
  readonly interrupts: Interrupts;
  /** Monotonic time, milliseconds. */
  readonly now: () => number;
  /** How the user starts this program, for the commands that are suggested. */
  readonly program: string;
}

const silent: Screen = { write: () => undefined, isTerminal: false, columns: 0 };

export class Shell {
  readonly isJson: boolean;
  readonly interrupts: Interrupts;
  readonly now: () => number;
  readonly #program: string;
  readonly #out: Screen;
  readonly #err: Screen;

  constructor({ out, err, isJson, interrupts, now, program }: ShellParts) {
    this.#out = out;
    this.#err = err;
    this.isJson = isJson;
    this.interrupts = interrupts;
    this.now = now;
    this.#program = program;
  }

  /** Readable lines on standard output, already made printable; nothing with --json. */
  say(...lines: readonly string[]): void {
    if (!this.isJson) for (const line of lines) this.#out.write(`${line}\n`);
  }

  /** The answer for scripts, one JSON document on a line; nothing without --json. */
  answer(value: unknown): void {
    if (this.isJson) this.#out.write(`${jsonText(value)}\n`);
  }

  /** A remark on standard error, separate from the answer; nothing with --json. */
  note(text: string): void {
    if (!this.isJson) this.#err.write(`${printable(text)}\n`);
  }

  /** Progress on standard error; silent with --json. */
  progress(title: string): ProgressLine {
    return new ProgressLine(this.isJson ? silent : this.#err, title, this.now);
  }

  /** A command of this program as the user has to type it. */
  typed(...words: readonly string[]): string {
    return [this.#program, ...words.map((word) => shellWord(word))].join(' ');
  }

  /** Prints the error; returns the exit code. */
  fail(error: unknown): number {
    const { code, message, path } = describe(error);
    if (this.isJson) {
      const described = path === undefined ? { code, message } : { code, message, path };
      this.#err.write(`${jsonText({ error: described })}\n`);
    } else {
      const about = path === undefined || message.includes(path) ? '' : `${path}: `;
      this.#err.write(`normscope: ${printable(about + message)}\n`);
      // An error of the core arrives as a plain Error; any other class is a bug in this program.
      const isBug = error instanceof Error && !(error instanceof Failure);
      if (isBug && error.constructor !== Error) this.#err.write(`${error.stack ?? ''}\n`);
    }
    return exitCode(code);
  }
}

function describe(error: unknown): { code: string; message: string; path?: string | undefined } {
  if (error instanceof Failure) return error;
  return { code: 'internal', message: error instanceof Error ? error.message : String(error) };
}

/** 2: wrong usage; 130: stopped by the user, as in shells; else 1. */
function exitCode(code: string): number {
  if (code === 'bad-input' || code === 'unknown-option') return 2;
  return code === 'stopped' ? 130 : 1;
}
