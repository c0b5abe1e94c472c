// Terms of a loss and scores of an image by name: which there are is said by the method, not by the schema.

const scores = {
  normOfMean: 'norm_of_mean',
  meanSquaredNorm: 'mean_squared_norm',
  plainSquaredNorm: 'plain_squared_norm',
  mahalanobis: 'mahalanobis',
  nearest5: 'nearest5',
  cosineTimesNorm: 'cosine_times_norm',
};

/** A member of a JSON object, with every digit of a real; nothing for null. */
const member = (name: string, column: string): string =>
  `iif(${column} is null, '', ',"${name}":' || printf('%!.17g', ${column}))`;
const counts = (name: string, column: string): string =>
  `iif(${column} is null, '', ',"${name}":' || ${column})`;
const object = (...members: readonly string[]): string =>
  `'{' || substr(${members.join(' || ')}, 2) || '}'`;

export const termsAndScoresAsData = {
  version: 100,
  sql: `
alter table run_epoch add column terms text not null default '{}';          -- JSON, means by name
alter table run_epoch add column distributions text not null default '{}';  -- JSON, see domain/norm-counts.ts
update run_epoch set
  terms = ${object(
    member('ntxent', 'ntxent'),
    member('normalNorm', 'normal_norm'),
    member('outlierNorm', 'outlier_norm'),
    member('alpha', 'alpha'),
  )},
  distributions = ${object(counts('normalNorms', 'normal_norms'), counts('outlierNorms', 'outlier_norms'))};
alter table run_epoch drop column ntxent;
alter table run_epoch drop column normal_norm;
alter table run_epoch drop column outlier_norm;
alter table run_epoch drop column alpha;
alter table run_epoch drop column normal_norms;
alter table run_epoch drop column outlier_norms;

-- A score that a model gives: names are the method's, not the schema's.
create table model_score (
  id integer primary key,
  model_id integer not null references model (id) on delete cascade,
  name text not null,
  unique (model_id, name)
) strict;

drop index score_by_image;
alter table score rename to score_before;
-- One score of all images of a model lies together: that is what a sorted page reads.
create table score (
  model_score_id integer not null references model_score (id) on delete cascade,
  image_id integer not null references image (id) on delete cascade,
  value real not null,                    -- raw; higher is more normal
  primary key (model_score_id, image_id)
) strict, without rowid;
${Object.entries(scores)
  .map(
    ([name, column]) => `
insert into model_score (model_id, name)
  select id, '${name}' from model m where exists (select 1 from score_before where model_id = m.id);
insert into score select m.id, s.image_id, s.${column}
  from score_before s join model_score m on m.model_id = s.model_id and m.name = '${name}';`,
  )
  .join('')}
drop table score_before;
`,
} as const;
