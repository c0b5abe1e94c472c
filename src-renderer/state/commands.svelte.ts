// The commands: one list for the palette, the keyboard shortcuts and the shortcut sheet.

import { untrack } from 'svelte';

export interface Command {
  readonly id: string;
  readonly title: string;
  /** Its section in the sheet and the palette. */
  readonly section: 'Project' | 'Go to' | 'Edit' | 'View' | 'Review' | 'Help';
  /** "Mod+K", "Shift+C", "N", "?", "Plus", "Space"; Mod is Ctrl, on macOS Command. */
  readonly keys?: string;
  /** Alternative keys, as used on other systems. */
  readonly otherKeys?: string;
  readonly isEnabled?: () => boolean;
  readonly run: () => void;
}

export class Commands {
  #offers = $state.raw<readonly (readonly Command[])[]>([]);

  /** Latest offers first: a view's commands precede, and replace by id, those of the window. */
  get all(): readonly Command[] {
    const every = this.#offers.flat();
    return every.filter(({ id }, at) => every.findIndex((command) => command.id === id) === at);
  }

  /** Adds commands until the function that is returned is called. */
  offer(commands: readonly Command[]): () => void {
    // Untracked: an effect that offers commands must not depend on the offers.
    this.#offers = [commands, ...untrack(() => this.#offers)];
    return () => {
      this.#offers = untrack(() => this.#offers).filter((offer) => offer !== commands);
    };
  }

  run(id: string): void {
    const command = this.all.find((candidate) => candidate.id === id);
    if (command && isEnabled(command)) command.run();
  }

  /** Runs the command of the keys. Returns whether there was one. */
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

const signs: Readonly<Record<string, string>> = {
  ...{ ArrowLeft: '←', ArrowRight: '→', Plus: '+', '-': '−' },
};

/** Keys whose own sign would be misread. */
const names: Readonly<Record<string, string>> = { '+': 'plus', ' ': 'space' };

/** "Mod+K" as labelled on this computer's keyboard. */
export function formatKeys(keys: string, isMac: boolean): string {
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
  // In text fields, letters and undo/redo belong to the field.
  const { target } = event;
  if (hasMod ? isText(target) && /^[zy]$/i.test(key) : isTyping(target)) return false;
  // The space bar presses the button that has the focus.
  if (key === 'Space' && isPressable(target)) return false;
  // Characters such as "?" need Shift on some keyboards and not on others.
  const isLetter = /^[a-z]$/i.test(key);
  if (isLetter && parts.includes('Shift') !== event.shiftKey) return false;
  // A letter that is held down counts once.
  if (isLetter && !hasMod && event.repeat) return false;
  return (names[event.key] ?? event.key.toLowerCase()) === key.toLowerCase();
}

function isPressable(target: EventTarget | null): boolean {
  return target instanceof Element && target.closest('button, a, input, summary, option') !== null;
}

function isTyping(target: EventTarget | null): boolean {
  return isText(target) || target instanceof HTMLSelectElement;
}

/** Whether it is a text field, which has its own undo and redo. */
export function isText(target: EventTarget | null): boolean {
  if (target instanceof HTMLInputElement) {
    return !['checkbox', 'radio', 'range', 'button'].includes(target.type);
  }
  return target instanceof HTMLTextAreaElement;
}
