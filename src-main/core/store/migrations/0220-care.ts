// Runs that were cancelled, as distinct from paused ones; and edits that rename datasets, remove them, or change
// which images they have.

export const careOfRunsAndDatasets = {
  version: 220,
  sql: `
-- 1: the user cancelled it. A stopped or interrupted run without it is paused and is shown until it is resumed.
alter table run add column is_cancelled integer not null default 0 check (is_cancelled in (0, 1));

-- Removed by the user since then: it has no images and is in no list. Its runs are kept.
alter table dataset add column removed_at text;

-- Items that an edit adds to a dataset, or removes from it, as they are in it.
create table edit_member (
  edit_id integer not null references edit (id) on delete cascade,
  dataset_id integer not null references dataset (id) on delete cascade,
  image_id integer not null references image (id) on delete cascade,
  is_added integer not null check (is_added in (0, 1)),
  role text not null,
  class text,
  group_name text,
  domain text,
  split text not null,
  primary key (edit_id, dataset_id, image_id)
) strict, without rowid;
create index edit_member_by_image on edit_member (image_id);

-- Datasets that an edit renames, makes or removes.
create table edit_dataset (
  edit_id integer not null references edit (id) on delete cascade,
  dataset_id integer not null references dataset (id) on delete cascade,
  name_before text not null,
  name_after text not null,
  is_there_before integer not null check (is_there_before in (0, 1)),
  is_there_after integer not null check (is_there_after in (0, 1)),
  primary key (edit_id, dataset_id)
) strict, without rowid;
`,
} as const;
