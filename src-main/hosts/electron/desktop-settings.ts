// What the desktop remembers between starts: recent projects, the window's place, the theme. A small
// file in the user's own folder; a key that cannot be read gets its default.

import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { themeNames, type ThemeName } from '#contract/shell.ts';
import { writeWhole } from '#files/whole-file.ts';

const mostRecent = 12;

const recentSchema = z.array(z.object({ folder: z.string(), openedAt: z.string() }));
const placeSchema = z.object({
  x: z.int(),
  y: z.int(),
  width: z.int().min(400),
  height: z.int().min(300),
  isMaximized: z.boolean(),
});
const themeSchema = z.enum(themeNames);

export type WindowPlace = z.infer<typeof placeSchema>;
export type RecentEntry = z.infer<typeof recentSchema>[number];

interface Remembered {
  recent: readonly RecentEntry[];
  place: WindowPlace | undefined;
  theme: ThemeName;
}

export class DesktopSettings {
  readonly #path: string;
  readonly #remembered: Remembered;
  #written: Promise<void> = Promise.resolve();

  /** Reads the file at `path`, if there is one. */
  constructor(path: string) {
    this.#path = path;
    const read = readJson(path);
    const key = <T>(name: string, schema: z.ZodType<T>) => schema.safeParse(read[name]).data;
    this.#remembered = {
      recent: key('recent', recentSchema) ?? [],
      place: key('place', placeSchema),
      theme: key('theme', themeSchema) ?? 'system',
    };
  }

  get recent(): readonly RecentEntry[] {
    return this.#remembered.recent;
  }
  get place(): WindowPlace | undefined {
    return this.#remembered.place;
  }
  get theme(): ThemeName {
    return this.#remembered.theme;
  }

  addRecent(folder: string, now: Date): void {
    const others = this.recent.filter((entry) => entry.folder !== folder);
    const entry = { folder, openedAt: now.toISOString() };
    this.#set('recent', [entry, ...others].slice(0, mostRecent));
  }

  forget(folder: string): void {
    this.#set(
      'recent',
      this.recent.filter((entry) => entry.folder !== folder),
    );
  }

  setPlace(place: WindowPlace): void {
    this.#set('place', place);
  }

  setTheme(theme: ThemeName): void {
    this.#set('theme', theme);
  }

  /** Resolves when everything is in the file. */
  async close(): Promise<void> {
    await this.#written;
  }

  #set<K extends keyof Remembered>(key: K, value: Remembered[K]): void {
    this.#remembered[key] = value;
    const text = JSON.stringify(this.#remembered, undefined, 2);
    this.#written = this.#written.then(async () => {
      try {
        await writeWhole(this.#path, [text]);
      } catch {
        // A full disk must not stop the user's work here; the core reports it where data would be lost.
      }
    });
  }
}

function readJson(path: string): Record<string, unknown> {
  try {
    const read: unknown = JSON.parse(readFileSync(path, 'utf8'));
    return typeof read === 'object' && read !== null ? { ...read } : {};
  } catch {
    return {};
  }
}
