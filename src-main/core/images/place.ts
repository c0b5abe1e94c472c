// Decides the role, class, group and side of an imported image. The nearest word counts: what the
// table says about this image, then the options of the import, then its folders, then the rule.

import { dirname, basename } from 'node:path';
import type { Role, Split } from '#contract/core.ts';
import { Failure } from '#domain/failure.ts';
import {
  automaticSide,
  carveCalibrate,
  splitOfRole,
  splitUnit,
  type Shares,
} from '../datasets/split.ts';
import type { ItemAttributes } from './import-store.ts';
import type { Candidate } from './sources.ts';

export interface PlacingRules {
  readonly role: Role | null;
  /** One side for every image, when the import asked for that. */
  readonly split: Split | null;
  readonly shares: Shares;
  readonly seed: number;
  /** Whether a part of training normals is set aside because nobody named images to calibrate on. */
  readonly carvesCalibrate: boolean;
  /** Whether nobody named a side for any image, so that the shares hold for all normals. */
  readonly splitsAll: boolean;
  groupOf(path: string): string | null;
  /** Sides of groups that the dataset has already: their later images follow them. */
  readonly sideOfGroup: ReadonlyMap<string, Split>;
}

/** hash: of the image's content. */
export function place(candidate: Candidate, hash: string, rules: PlacingRules): ItemAttributes {
  const { declared, placement } = candidate;
  const role = declared?.role ?? rules.role ?? placement.role ?? 'unlabelled';
  const group = declared?.group ?? rules.groupOf(candidate.path);
  const named = declared?.split ?? rules.split ?? placement.split;
  return {
    role,
    class: declared?.class ?? placement.class,
    group,
    split: side(role, group, hash, named, rules),
  };
}

function side(
  role: Role,
  group: string | null,
  hash: string,
  named: Split | null,
  rules: PlacingRules,
): Split {
  if (role !== 'normal') return named ?? splitOfRole(role);
  const unit = splitUnit(group, hash);
  if (named === 'train' && rules.carvesCalibrate) {
    return carveCalibrate(rules.seed, unit, rules.shares.calibrate);
  }
  if (named !== null) return named;
  const known = group === null ? undefined : rules.sideOfGroup.get(group);
  return known ?? automaticSide(rules.seed, unit, rules.shares);
}

/**
 * The rule of the option --group: "parent" for the name of the folder, else a regular expression
 * that is looked for in the path (with "/" between folders) and whose first group, or else whose
 * whole match, is the name. Throws `bad-input` when it is no regular expression.
 */
export function groupRule(option: string | undefined): (path: string) => string | null {
  if (option === undefined) return () => null;
  if (option === 'parent') {
    return (path) => basename(dirname(path.replaceAll('\\', '/').replace('!/', '/'))) || null;
  }
  let pattern: RegExp;
  try {
    pattern = new RegExp(option, 'u');
  } catch (error) {
    throw new Failure(
      'bad-input',
      `The group "${option}" is neither "parent" nor a regular expression.`,
      undefined,
      { cause: error },
    );
  }
  return (path) => {
    const match = pattern.exec(path.replaceAll('\\', '/'));
    return match === null ? null : (match[1] ?? match[0]) || null;
  };
}
