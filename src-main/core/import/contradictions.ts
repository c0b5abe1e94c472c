// Images whose folder says another role than the one that is given for the whole import.

import type { Role } from '#contract/core.ts';
import { counted } from '#domain/figures.ts';
import type { Placement } from './recognise.ts';

export class Contradictions {
  readonly #given: Role | null;
  readonly #folders = new Set<string>();
  #images = 0;
  #kept = 0;

  /** given: the role for the whole import. */
  constructor(given: Role | null) {
    this.#given = given;
  }

  get images(): number {
    return this.#images;
  }

  /** taken: the role that the image gets. */
  count({ role, roleFrom }: Placement, taken: Role): void {
    this.#images++;
    if (taken === role) this.#kept++;
    if (roleFrom !== null) this.#folders.add(roleFrom);
  }

  /** A sentence for the user; none without contradictions. */
  get words(): string[] {
    if (this.#images === 0) return [];
    const names = [...this.#folders].slice(0, 5).map((name) => `"${name}"`);
    const more = this.#folders.size > 5 ? ', …' : '';
    const what =
      `the role "${this.#given}" contradicts the folder names of ${counted(this.#images, 'image')} ` +
      `(${names.join(', ')}${more})`;
    const [all, few] = [`all get the role "${this.#given}"`, 'they keep the role of their folders'];
    return [`${what}: ${this.#kept > 0 ? few : all}`];
  }
}
