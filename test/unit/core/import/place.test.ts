import { describe, expect, test } from 'vitest';
import { standardShares } from '#core/datasets/split.ts';
import { domainRule, groupRule, place, type PlacingRules } from '#core/import/place.ts';
import type { Candidate } from '#core/import/sources.ts';

/** Nothing but its content gives it a place. */
const one = { hash: 'hash', standardGroup: null };

const rules: PlacingRules = {
  role: null,
  classRoles: new Map(),
  conflicts: undefined,
  split: null,
  shares: standardShares,
  seed: 1,
  carvesCalibrate: true,
  splitsAll: true,
  groupOf: () => null,
  domainOf: () => null,
  sideOfGroup: new Map(),
};

function candidate(changes: Partial<Candidate> = {}): Candidate {
  return {
    path: '/data/p1/a.png',
    name: 'p1/a.png',
    placement: { role: null, roleFrom: null, class: null, split: null, isMask: false },
    isFound: true,
    declared: null,
    ...changes,
  };
}

describe('the nearest word counts', () => {
  const placement = {
    ...({ role: 'anomaly', roleFrom: 'bad', class: 'folder' } as const),
    ...({ split: 'test', isMask: false } as const),
  };
  const declared = {
    ...({ role: 'outlier', class: 'table', group: 'g', split: 'none' } as const),
    domain: 'scanner=T',
  };
  const existing = {
    ...({ role: 'normal', class: 'old', group: 'old', split: 'calibrate' } as const),
    domain: 'scanner=E',
  };
  const options = {
    ...rules,
    role: 'unlabelled',
    split: 'train',
    groupOf: () => 'option',
    domainOf: () => 'scanner=O',
  } as const;

  test.each([
    [
      'the table',
      candidate({ placement, declared }),
      options,
      ['outlier', 'table', 'g', 'none', 'T'],
    ],
    [
      'the options',
      candidate({ placement }),
      options,
      ['unlabelled', 'folder', 'option', 'train', 'O'],
    ],
    ['the folders', candidate({ placement }), rules, ['anomaly', 'folder', 'old', 'test', 'E']],
    [
      'what was there',
      candidate(),
      { ...rules, sideOfGroup: new Map([['old', 'calibrate' as const]]) },
      ['normal', 'old', 'old', 'calibrate', 'E'],
    ],
  ])('%s', (_, image, applied, expected) => {
    const { attributes } = place(image, one, applied, existing);
    const { role, class: label, group, split, domain } = attributes;
    expect([role, label, group, split, domain?.split('=')[1]]).toEqual(expected);
  });

  test('and nothing at all is unlabelled', () => {
    expect(place(candidate(), one, rules, undefined)).toEqual({
      attributes: { role: 'unlabelled', class: null, group: null, domain: null, split: 'none' },
      ...{ automatic: null, isContradicted: false, reason: null },
    });
  });
});

test.each([
  ['outlier', 'train'],
  ['anomaly', 'test'],
  ['unlabelled', 'none'],
] as const)('%s images go to %s', (role, split) => {
  expect(place(candidate(), one, { ...rules, role }, undefined).attributes.split).toBe(split);
});

describe('normal images', () => {
  const normal = { ...rules, role: 'normal' } as const;

  test('follow their group, and are then not free to go', () => {
    const known = { ...normal, groupOf: () => 'g', sideOfGroup: new Map([['g', 'test' as const]]) };
    expect(place(candidate(), one, known, undefined)).toMatchObject({
      attributes: { split: 'test' },
      automatic: 'group g',
    });
  });

  test('of training folders give a part to calibrate on, unless somebody named one', () => {
    const placement = {
      ...{ role: null, roleFrom: null, class: null, split: 'train' as const, isMask: false },
    };
    const splits = (applied: PlacingRules) =>
      Array.from({ length: 200 }, (_, i) =>
        place(candidate({ placement }), { ...one, hash: `hash ${i}` }, applied, undefined),
      );
    const carved = splits(normal).map(({ attributes }) => attributes.split);
    expect(new Set(carved)).toEqual(new Set(['train', 'calibrate']));
    const named = splits({ ...normal, carvesCalibrate: false });
    expect(new Set(named.map(({ attributes }) => attributes.split))).toEqual(new Set(['train']));
    expect(new Set(named.map(({ automatic }) => automatic))).toEqual(new Set([null]));
  });

  test('keep the side they have', () => {
    const existing = {
      ...({ role: 'normal', class: null, group: null, split: 'calibrate' } as const),
      domain: null,
    };
    for (let i = 0; i < 20; i++) {
      expect(place(candidate(), { ...one, hash: `${i}` }, normal, existing).attributes.split).toBe(
        'calibrate',
      );
    }
  });
});

describe('the option for groups', () => {
  test.each([
    ['parent', '/data/p1/a.png', 'p1'],
    ['parent', '/data/set.zip!/p2/a.png', 'p2'],
    ['parent', '/data/set.zip!/a.png', 'set.zip'],
    ['parent', 'C:\\data\\p3\\a.png', 'p3'],
    ['patient(\\d+)', '/data/patient12_a.png', '12'],
    ['p\\d+', '/data/p7/a.png', 'p7'],
    ['(x)?a', '/data/a.png', 'a'],
    ['nothing', '/data/a.png', null],
  ])('%s in %s is %s', (option, path, group) => {
    expect(groupRule(option)(path)).toBe(group);
  });

  test('is no group when it is left out, and refused when it is no pattern', () => {
    expect(groupRule(undefined)('/data/p1/a.png')).toBeNull();
    expect(() => groupRule('[')).toThrow(/neither "parent" nor a regular expression/);
  });
});

describe('the option for domains', () => {
  test.each([
    ['parent', '/data/scanner A/a.png', 'scanner A'],
    ['Aperio AT2', '/data/a.png', 'Aperio AT2'],
    [' scanner=A; stain=HE ', '/data/a.png', 'scanner=A; stain=HE'],
    ['site(\\d+)_', '/data/site12_a.png', '12'],
    ['site(\\d+)_', '/data/a.png', null],
    ['(?:x)site', '/data/xsite/a.png', null],
  ])('%s in %s is %s', (option, path, domain) => {
    expect(domainRule(option)(path)).toBe(domain);
  });

  test('is no domain when it is left out, and refused when its bracket is no pattern', () => {
    expect([domainRule(undefined)('/a.png'), domainRule(' ')('/a.png')]).toEqual([null, null]);
    expect(() => domainRule('Aperio (old')).toThrow(/has a bracket and is no regular expression/);
  });
});
