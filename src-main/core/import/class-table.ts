// The classes of a previewed import: how many images each has, which role they get and why, and a few of
// them to look at.

import type { FacetCount, Role } from '#contract/image.ts';
import type { PreviewedClass } from '#contract/import/import-preview.ts';
import type { Candidate } from './sources.ts';
import { mostFrequentFirst } from './facets.ts';

const examplesShown = 5;

interface ClassCount {
  readonly roles: Map<Role, number>;
  readonly reasons: Map<Role, string>;
  images: number;
  /** Every `step`th image of the class; twice as many as are shown at most. */
  examples: { readonly path: string; readonly hash: string | null }[];
  step: number;
}

export class ClassTable {
  readonly #classes = new Map<string | null, ClassCount>();

  /** reason: null when nothing gives the role. hash: of an image that was imported before. */
  count(
    { path }: Candidate,
    placed: { readonly class: string | null; readonly role: Role },
    reason: string | null,
    hash: string | null,
  ): void {
    const known = this.#classes.get(placed.class);
    const found: ClassCount = known ?? {
      ...{ roles: new Map(), reasons: new Map(), images: 0, examples: [], step: 1 },
    };
    if (known === undefined) this.#classes.set(placed.class, found);
    if (found.images % found.step === 0) found.examples.push({ path, hash });
    if (found.examples.length === 2 * examplesShown) {
      found.examples = found.examples.filter((_, at) => at % 2 === 0);
      found.step *= 2;
    }
    found.images++;
    found.roles.set(placed.role, (found.roles.get(placed.role) ?? 0) + 1);
    if (reason !== null && !found.reasons.has(placed.role)) found.reasons.set(placed.role, reason);
  }

  /** In the order of these classes. */
  rows(classes: readonly FacetCount<string | null>[]): PreviewedClass[] {
    return classes.map(({ value }) => {
      const { images, roles, reasons, examples } = this.#classes.get(value)!;
      const byCount = mostFrequentFirst(roles);
      const role = byCount[0]!.value;
      const row = { name: value, images, role, roles: byCount };
      return { ...row, reason: reasons.get(role) ?? null, examples: spread(examples) };
    });
  }
}

/** At most `examplesShown` of a list, evenly from its beginning to its end. */
function spread<Item>(items: readonly Item[]): Item[] {
  if (items.length <= examplesShown) return [...items];
  const step = (items.length - 1) / (examplesShown - 1);
  return Array.from({ length: examplesShown }, (_, at) => items[Math.round(at * step)]!);
}
