// The roles that images get from the names of their folders, and images whose folder says another role than
// the one that is given for the whole import.

import type { Role } from '#contract/core.ts';
import { count, counted } from '#domain/figures.ts';
import type { Placed } from './place.ts';
import type { Placement } from './recognise.ts';

const foldersNamed = 5;

interface OfRole {
  readonly folders: Set<string>;
  images: number;
}

export class FolderRoles {
  readonly #given: Role | null;
  readonly #taken = new Map<Role, OfRole>();
  readonly #contradicting = new Set<string>();
  #contradictions = 0;
  #kept = 0;

  /** given: the role for the whole import. */
  constructor(given: Role | null) {
    this.#given = given;
  }

  /** Images whose folder contradicts the given role. */
  get contradictions(): number {
    return this.#contradictions;
  }

  count({ role, roleFrom }: Placement, { attributes, isContradicted }: Placed): void {
    if (role === null || roleFrom === null) return;
    if (isContradicted) {
      this.#contradictions++;
      this.#contradicting.add(roleFrom);
      if (attributes.role === role) this.#kept++;
    } else if (this.#given === null && attributes.role === role) {
      const taken = this.#taken.get(role) ?? { folders: new Set(), images: 0 };
      this.#taken.set(role, taken);
      taken.images++;
      taken.folders.add(roleFrom);
    }
  }

  /** 'roles by folder names: normal 12 ("good"), anomaly 4 ("bad", "NG")'; empty without any. */
  get taken(): string[] {
    if (this.#taken.size === 0) return [];
    const roles = [...this.#taken].map(
      ([role, { folders, images }]) => `${role} ${count(images)} (${named(folders)})`,
    );
    return [`roles by folder names: ${roles.join(', ')}`];
  }

  /** A sentence for the user; empty without contradictions. */
  get contradicted(): string[] {
    if (this.#contradictions === 0) return [];
    const what =
      `the role "${this.#given}" contradicts the folder names of ` +
      `${counted(this.#contradictions, 'image')} (${named(this.#contradicting)})`;
    const kept = 'they keep the role that their folder says';
    return [`${what}: ${this.#kept > 0 ? kept : `they get the role "${this.#given}"`}`];
  }
}

function named(folders: ReadonlySet<string>): string {
  const names = [...folders].slice(0, foldersNamed).map((name) => `"${name}"`);
  return names.join(', ') + (folders.size > foldersNamed ? ', …' : '');
}
