// How many images of a dataset each value of a filter would show.

import type { FacetCount, ImageFacets, ImageFilter, Role, Split } from '#contract/image.ts';
import type { StandingVerdict } from '#contract/image.ts';
import type { Query, Reader } from '../database.ts';
import { conditionOf, standingReviews, type Asked, type ScoreAsked } from './image-filter.ts';
import { countImages } from './image-pages.ts';

/** How many images share the values of all facets. */
interface Alike {
  readonly role: Role;
  readonly class: string | null;
  readonly group: string | null;
  readonly domain: string | null;
  readonly split: Split;
  readonly count: number;
}

type Attribute = 'role' | 'class' | 'group' | 'domain' | 'split';
const attributes: readonly Attribute[] = ['role', 'class', 'group', 'domain', 'split'];

/** The most values of one facet that are returned. */
const mostValues = 1000;

export function imageFacets(reader: Reader, asked: Asked): ImageFacets {
  const alike = countAlike(reader, asked);
  const total = alike.reduce(
    (sum, row) =>
      attributes.every((name) => fits(row, name, asked.filter)) ? sum + row.count : sum,
    0,
  );
  return {
    total,
    roles: facet(alike, 'role', asked.filter),
    classes: facet(alike, 'class', asked.filter),
    groups: facet(alike, 'group', asked.filter),
    domains: facet(alike, 'domain', asked.filter),
    splits: facet(alike, 'split', asked.filter),
    verdicts: verdicts(reader, asked, total),
    scores: asked.score === undefined ? null : scoreCounts(reader, asked, asked.score),
  };
}

/** One pass over the images: attributes are filtered afterwards, for each facet separately. */
function countAlike(reader: Reader, asked: Asked): Alike[] {
  const { filter, ...rest } = asked;
  const { text, verdict, score } = filter;
  if (score?.is === 'unscored') return countUnscored(reader, asked, score);
  const { sql, values } = conditionOf({ ...rest, filter: { text, verdict, score } });
  const counts: Query<Alike> = `
    select d.role, d.class, d.group_name "group", d.domain, d.split, count(*) count
    from dataset_item d where ${sql}
    group by d.role, d.class, d.group_name, d.split, d.domain`;
  return reader.all(counts, ...values);
}

/** All but those that have been tried, which an index finds: looking up each takes far longer. */
function countUnscored(
  reader: Reader,
  asked: Asked,
  score: NonNullable<ImageFilter['score']>,
): Alike[] {
  const counted = (is?: 'scored' | 'failed') =>
    countAlike(reader, { ...asked, filter: { ...asked.filter, score: is && { ...score, is } } });
  const kindOf = (row: Alike) => JSON.stringify(attributes.map((name) => row[name]));
  const tried = new Map<string, number>();
  for (const row of [...counted('scored'), ...counted('failed')]) {
    tried.set(kindOf(row), (tried.get(kindOf(row)) ?? 0) + row.count);
  }
  return counted()
    .map((row) => ({ ...row, count: row.count - (tried.get(kindOf(row)) ?? 0) }))
    .filter(({ count }) => count > 0);
}

function fits(row: Alike, name: Attribute, filter: Asked['filter']): boolean {
  return filter[name] === undefined || filter[name] === row[name];
}

function facet<Name extends Attribute>(
  alike: readonly Alike[],
  name: Name,
  filter: Asked['filter'],
): FacetCount<Alike[Name]>[] {
  const others = attributes.filter((other) => other !== name);
  const counts = new Map<Alike[Name], number>();
  for (const row of alike) {
    if (!others.every((other) => fits(row, other, filter))) continue;
    counts.set(row[name], (counts.get(row[name]) ?? 0) + row.count);
  }
  return mostFrequentFirst(counts).slice(0, mostValues);
}

/** total: of the whole filter, which is counted already. */
function verdicts(
  reader: Reader,
  asked: Asked,
  total: number,
): FacetCount<StandingVerdict | null>[] {
  const others = { ...asked, filter: without(asked.filter, 'verdict') };
  const counts = new Map<StandingVerdict | null, number>(countVerdicts(reader, others));
  let unreviewed = asked.filter.verdict === undefined ? total : countImages(reader, others);
  for (const count of counts.values()) unreviewed -= count;
  if (unreviewed > 0) counts.set(null, unreviewed);
  return mostFrequentFirst(counts);
}

/** The number of selected images by verdict. Verdicts without images are left out. */
function countVerdicts(reader: Reader, asked: Asked): ReadonlyMap<StandingVerdict, number> {
  const { sql, values } = conditionOf(asked);
  const given: Query<{ verdict: StandingVerdict; count: number }> = `
    select v.verdict, count(*) count
    from ${standingReviews} v cross join dataset_item d on d.image_id = v.image_id
    where ${sql} group by v.verdict`;
  return new Map(reader.all(given, ...values).map(({ verdict, count }) => [verdict, count]));
}

function scoreCounts(reader: Reader, asked: Asked, score: ScoreAsked): ImageFacets['scores'] {
  const others = without(asked.filter, 'score');
  const count = (is?: NonNullable<ImageFilter['score']>['is']) =>
    countImages(reader, {
      ...asked,
      filter: is === undefined ? others : { ...others, score: { modelId: score.modelId, is } },
    });
  const scored = count('scored');
  const failed = count('failed');
  return {
    scored,
    failed,
    unscored: count() - scored - failed,
    flagged: score.limit === null ? null : count('flagged'),
  };
}

function without(filter: Asked['filter'], name: 'verdict' | 'score'): Asked['filter'] {
  return { ...filter, [name]: undefined };
}

function mostFrequentFirst<Value extends string | null>(
  counts: ReadonlyMap<Value, number>,
): FacetCount<Value>[] {
  return [...counts]
    .map(([value, count]) => ({ value, count }))
    .sort((a, b) => b.count - a.count || ((a.value ?? '') < (b.value ?? '') ? -1 : 1));
}
