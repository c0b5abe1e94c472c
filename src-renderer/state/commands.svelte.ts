// Everything that can be done by a command: one list feeds the palette, the shortcuts and their sheet.

import { untrack } from 'svelte';

export interface Command {
  readonly id: string;
  readonly title: string;
  /** Where the sheet and the palette list it. */
  readonly section: 'Project' | 'Go to' | 'Edit' | 'View' | 'Review' | 'Help';
  /** "Mod+K", "Shift+C", "N", "?"; Mod is Ctrl, on a Mac Command. */
  readonly keys?: string;
  /** Do the same, as users of another system know it. */
  readonly otherKeys?: string;
  readonly isEnabled?: () => boolean;
  readonly run: () => void;
}

export class Commands {
  #offers = $state.raw<readonly (readonly Command[])[]>([]);

  /** The latest offers first: a view's own come before those of the window, and instead of them. */
  get all(): readonly Command[] {
    const every = this.#offers.flat();
    return every.filter(({ id }, at) => every.findIndex((command) => command.id === id) === at);
  }

  /** Adds commands until the function that is returned is called. */
  offer(commands: readonly Command[]): () => void {
    // An effect that offers must not run again because something is offered.
    this.#offers = [commands, ...untrack(() => this.#offers)];
    return () => {
      this.#offers = untrack(() => this.#offers).filter((offer) => offer !== commands);
    };
  }

  run(id: string): void {
    const command = this.all.find((candidate) => candidate.id === id);
    if (command && isEnabled(command)) command.run();
  }

  /** Runs what the keys stand for. True when they stand for something. */
  press(event: KeyboardEvent, isMac: boolean): boolean {
    const command = this.all.find(
      (candidate) =>
        isEnabled(candidate) &&
        [candidate.keys, candidate.otherKeys].some(
          (keys) => keys !== undefined && matches(keys, event, isMac),
        ),
    );
    command?.run();
    return command !== undefined;
  }
}

export function isEnabled(command: Command): boolean {
  return command.isEnabled?.() ?? true;
}

const signs: Readonly<Record<string, string>> = { ArrowLeft: '←', ArrowRight: '→' };

/** "Mod+K" as the keyboard at hand has it. */
export function keysInWords(keys: string, isMac: boolean): string {
  return keys
    .split('+')
    .map((key) => (key === 'Mod' ? (isMac ? '⌘' : 'Ctrl') : (signs[key] ?? key)))
    .join('+');
}

function matches(keys: string, event: KeyboardEvent, isMac: boolean): boolean {
  const parts = keys.split('+');
  const key = parts.at(-1)!;
  const [hasMod, hasOther] = isMac
    ? [event.metaKey, event.ctrlKey]
    : [event.ctrlKey, event.metaKey];
  if (parts.includes('Mod') !== hasMod || hasOther || event.altKey) return false;
  // While a text is typed, letters belong to it, and what is taken back is what was typed.
  const { target } = event;
  if (hasMod ? isText(target) && /^[zy]$/i.test(key) : isTyping(target)) return false;
  // Signs such as "?" need Shift on some keyboards and not on others.
  const isLetter = /^[a-z]$/i.test(key);
  if (isLetter && parts.includes('Shift') !== event.shiftKey) return false;
  // A letter that is held down is meant once.
  if (isLetter && !hasMod && event.repeat) return false;
  return event.key.toLowerCase() === key.toLowerCase();
}

function isTyping(target: EventTarget | null): boolean {
  return isText(target) || target instanceof HTMLSelectElement;
}

/** Whether it is a field with a text, which knows undo and redo by itself. */
export function isText(target: EventTarget | null): boolean {
  if (target instanceof HTMLInputElement) {
    return !['checkbox', 'radio', 'range', 'button'].includes(target.type);
  }
  return target instanceof HTMLTextAreaElement;
}
