// Decides the role, class, group, domain and side of an imported image. The nearest word counts: what the
// table says about this image, then the options of the import, then its folders, then the rule.

import { dirname, basename } from 'node:path';
import type { Role, Split } from '#contract/core.ts';
import type { ClassRoles, RoleConflict } from '#contract/import/import-rules.ts';
import { Failure } from '#domain/failure.ts';
import {
  automaticSide,
  carveCalibrate,
  splitOfRole,
  splitUnit,
  type Shares,
} from '../datasets/split.ts';
import type { ItemAttributes } from '../datasets/items.ts';
import type { Candidate } from './sources.ts';

export interface PlacingRules {
  readonly role: Role | null;
  /** By class; null is that of images without one. */
  readonly classRoles: ReadonlyMap<string | null, Role | 'skip'>;
  /** undefined: see `images.import`. */
  readonly conflicts: RoleConflict | undefined;
  /** One split for every image, when the import's options give one. */
  readonly split: Split | null;
  readonly shares: Shares;
  readonly seed: number;
  /** Whether some training normals are used to calibrate because no calibration images were given. */
  readonly carvesCalibrate: boolean;
  /** Whether no split was given for any image, so that the shares apply to all normals. */
  readonly splitsAll: boolean;
  groupOf(path: string): string | null;
  domainOf(path: string): string | null;
  /** Sides of groups that the dataset has already: their later images follow them. */
  readonly sideOfGroup: ReadonlyMap<string, Split>;
}

export interface Placed {
  readonly attributes: ItemAttributes;
  /** The unit (group or image) that is split together, when no split was given; else null. */
  readonly automatic: string | null;
  /** Whether the folder's name says another role than the import. */
  readonly isContradicted: boolean;
  /** Where the role comes from, for the user: 'the folder "good"'; null when nothing gives one. */
  readonly reason: string | null;
}

export function classRolesOf(classRoles: ClassRoles = []): PlacingRules['classRoles'] {
  return new Map(classRoles.map((given) => [given.class, given.role]));
}

/** Whether the image belongs to a class that the import skips. */
export function isSkipped({ declared, placement }: Candidate, rules: PlacingRules): boolean {
  return rules.classRoles.get(declared?.class ?? placement.class) === 'skip';
}

/**
 * image: its hash, and the group of one that nothing gives a group. existing: what the dataset has of it;
 * where this import says nothing, that stays, so that importing again changes nothing.
 */
export function place(
  candidate: Candidate,
  { hash, standardGroup }: { readonly hash: string; readonly standardGroup: string | null },
  rules: PlacingRules,
  existing: ItemAttributes | undefined,
): Placed {
  const { declared, placement } = candidate;
  const { role, ...why } = decideRole(candidate, rules, existing);
  const group =
    declared?.group ?? rules.groupOf(candidate.path) ?? existing?.group ?? standardGroup;
  const domain = declared?.domain ?? rules.domainOf(candidate.path) ?? existing?.domain ?? null;
  const className = declared?.class ?? placement.class ?? existing?.class ?? null;
  const named = declared?.split ?? rules.split ?? placement.split;
  const attributes = { role, class: className, group, domain };
  if (role !== 'normal') {
    const kept = existing?.role === role ? existing.split : splitOfRole(role);
    return { attributes: { ...attributes, split: named ?? kept }, automatic: null, ...why };
  }
  const unit = splitUnit(group, hash);
  const isCarved = named === 'train' && rules.carvesCalibrate;
  if (named !== null && !isCarved) {
    return { attributes: { ...attributes, split: named }, automatic: null, ...why };
  }
  const known = knownSide(group, rules, existing);
  const split = isCarved
    ? known === 'train' || known === 'calibrate'
      ? known
      : carveCalibrate(rules.seed, unit, rules.shares.calibrate)
    : (known ?? automaticSide(rules.seed, unit, rules.shares));
  return { attributes: { ...attributes, split }, automatic: unit, ...why };
}

function decideRole(
  { declared, placement }: Candidate,
  rules: PlacingRules,
  existing: ItemAttributes | undefined,
): Pick<Placed, 'isContradicted' | 'reason'> & { role: Role } {
  const clear = (role: Role, reason: string | null) => ({ role, reason, isContradicted: false });
  const ofClass = rules.classRoles.get(declared?.class ?? placement.class);
  if (ofClass !== undefined && ofClass !== 'skip')
    return clear(ofClass, 'the choice for its class');
  if (declared?.role) return clear(declared.role, 'the table');
  const folder = placement.role;
  const folderWords = `the folder "${placement.roleFrom ?? ''}"`;
  if (rules.role === null) {
    if (folder !== null) return clear(folder, folderWords);
    return existing === undefined
      ? clear('unlabelled', null)
      : clear(existing.role, 'an earlier import');
  }
  const given = 'the choice for all images';
  // "Unlabelled" leaves open what an image is, so that it contradicts nothing.
  if (folder === null || folder === rules.role || rules.role === 'unlabelled') {
    return clear(rules.role, given);
  }
  // A model learns from normal images: an anomaly among them costs more than a normal image left out.
  const winner = rules.conflicts ?? (rules.role === 'normal' ? 'folders' : 'role');
  return winner === 'folders'
    ? { role: folder, reason: folderWords, isContradicted: true }
    : { role: rules.role, reason: given, isContradicted: true };
}

/** A normal image stays on its side, and a group where its first images are. */
function knownSide(
  group: string | null,
  rules: PlacingRules,
  existing: ItemAttributes | undefined,
) {
  if (group !== null) return rules.sideOfGroup.get(group);
  return existing?.role === 'normal' && existing.group === null ? existing.split : undefined;
}

/**
 * The rule of the option --group: "parent" for the name of the folder, else a regular expression
 * that is looked for in the path (with "/" between folders) and whose first group, or else whose
 * whole match, is the name. Throws `bad-input` when it is not a regular expression.
 */
export function groupRule(option: string | undefined): (path: string) => string | null {
  if (option === undefined) return () => null;
  if (option === 'parent') return parentName;
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

/**
 * The rule of the option --domain: "parent" as for groups, a regular expression with a group in brackets,
 * which is the name, or else the name itself for every image. Throws `bad-input` when brackets make no
 * regular expression.
 */
export function domainRule(option: string | undefined): (path: string) => string | null {
  const text = option?.trim() ?? '';
  if (text === '') return () => null;
  if (text === 'parent') return parentName;
  if (!text.includes('(')) return () => text;
  let pattern: RegExp;
  try {
    pattern = new RegExp(text, 'u');
  } catch (error) {
    throw new Failure(
      'bad-input',
      `The domain "${text}" has a bracket and is no regular expression. Write a name without ` +
        'brackets, "parent", or a regular expression such as scanner(\\w+)_.',
      undefined,
      { cause: error },
    );
  }
  return (path) => pattern.exec(path.replaceAll('\\', '/'))?.[1]?.trim() || null;
}

function parentName(path: string): string | null {
  return basename(dirname(path.replaceAll('\\', '/').replace('!/', '/'))) || null;
}
