// Progress of a long job: one live line on a terminal, a plain line now and then elsewhere.

import { count, duration, rate } from '#domain/figures.ts';
import { printable } from '#domain/printable.ts';
import { textWidth } from './terminal-text.ts';

/** Where progress is shown: standard error, usually. */
export interface Screen {
  write(text: string): void;
  readonly isTerminal: boolean;
  readonly columns: number;
}

export interface Advance {
  readonly done: number;
  /** null while it is not known. */
  readonly total: number | null;
  /** What is counted, in the plural: "images". */
  readonly unit: string;
  /**
   * Shown instead of the rate: further details, the most important first. Details that do not fit a
   * narrow terminal are left out.
   */
  readonly details?: readonly string[];
}

const drawMs = 100;
/** Plain lines stay in a log, so the pauses between them grow with the time. */
const plainMs = { least: 5000, most: 60_000, partOfElapsed: 0.05 } as const;
/** The rate is that of the last seconds, so that it follows a disk or machine that slows down. */
const windowMs = 15_000;
const widestBar = 24;
const narrowestBar = 8;

export class ProgressLine {
  readonly #screen: Screen;
  readonly #title: string;
  readonly #now: () => number;
  readonly #startedAt: number;
  #samples: { at: number; done: number }[] = [];
  #latest: Advance | undefined;
  #shownAt = -Infinity;
  #isDrawn = false;

  /** now: monotonic time, milliseconds. */
  constructor(screen: Screen, title: string, now: () => number) {
    this.#screen = screen;
    this.#title = title;
    this.#now = now;
    this.#startedAt = now();
  }

  update(advance: Advance): void {
    const at = this.#now();
    const before = this.#latest;
    const isAnotherPart = before?.unit !== advance.unit || advance.done < before.done;
    if (isAnotherPart) this.#samples = [];
    this.#latest = advance;
    this.#samples.push({ at, done: advance.done });
    while (this.#samples.length > 2 && at - this.#samples[1]!.at >= windowMs) this.#samples.shift();
    const isSilent = advance.total === null && advance.done === 0 && advance.details === undefined;
    if (!isSilent && at - this.#shownAt >= this.#pauseMs(at)) this.#show(at, advance);
  }

  #pauseMs(at: number): number {
    if (this.#screen.isTerminal) return drawMs;
    const { least, most, partOfElapsed } = plainMs;
    return Math.min(most, Math.max(least, (at - this.#startedAt) * partOfElapsed));
  }

  /** A separate line that stays, such as a warning. */
  say(text: string): void {
    this.#erase();
    this.#screen.write(`${text}\n`);
    if (this.#latest && this.#screen.isTerminal) this.#show(this.#now(), this.#latest);
  }

  /** Removes the live line. */
  end(): void {
    this.#erase();
    this.#latest = undefined;
  }

  #show(at: number, advance: Advance): void {
    const { isTerminal, columns } = this.#screen;
    this.#shownAt = at;
    const moment = { title: this.#title, ...advance, speed: this.#speed() };
    if (!isTerminal) {
      this.#screen.write(`${progressText(moment, null)}\n`);
      return;
    }
    this.#erase();
    this.#screen.write(progressText(moment, columns));
    this.#isDrawn = true;
  }

  #erase(): void {
    if (this.#isDrawn) this.#screen.write('\r\x1b[K');
    this.#isDrawn = false;
  }

  /** Items per second; null before it is known. */
  #speed(): number | null {
    const first = this.#samples[0]!;
    const last = this.#samples.at(-1)!;
    const seconds = (last.at - first.at) / 1000;
    return seconds >= 0.5 && last.done > first.done ? (last.done - first.done) / seconds : null;
  }
}

interface Moment extends Advance {
  readonly title: string;
  readonly speed: number | null;
}

/** columns: the width of a terminal, for a line with a bar; null for a plain line. */
export function progressText(moment: Moment, columns: number | null): string {
  const { title, done, total, details } = moment;
  if (columns === null) return `${title}: ${partsOf(moment)}`;
  const text = partsOf(moment);
  const room = columns - 1 - textWidth(title) - 1 - textWidth(text);
  if (room < 0 && details !== undefined && details.length > 0) {
    return progressText({ ...moment, details: details.slice(0, -1) }, columns);
  }
  const barRoom = room - 3;
  const bar = total === null || barRoom < narrowestBar ? '' : `${barText(done / total, barRoom)} `;
  return cut(`${title} ${bar}${text}`, columns - 1);
}

function partsOf({ done, total, unit, details, speed }: Moment): string {
  const parts: string[] = [];
  if (total !== null) parts.push(`${count(done)}/${count(total)} ${unit}`.trimEnd());
  else if (done > 0) parts.push(`${count(done)} ${unit}`);
  if (details !== undefined) parts.push(...details.map(printable));
  else if (speed !== null) parts.push(`${rate(speed)} ${unit}/s`);
  if (speed !== null && total !== null && total > done) {
    parts.push(`${duration((total - done) / speed)} left`);
  }
  return parts.join('  ');
}

function barText(share: number, room: number): string {
  const width = Math.min(widestBar, room);
  // No work counts as finished work.
  const filled = Math.round((Number.isNaN(share) ? 1 : Math.min(1, share)) * width);
  return `[${'#'.repeat(filled)}${'-'.repeat(width - filled)}]`;
}

/** Of a line longer than the terminal, the first half would stay when it is erased. */
function cut(text: string, columns: number): string {
  if (textWidth(text) <= columns) return text;
  let kept = '';
  for (const character of text) {
    if (textWidth(kept + character) > columns) break;
    kept += character;
  }
  return kept;
}
