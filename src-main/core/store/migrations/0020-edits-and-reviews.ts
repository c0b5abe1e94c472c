// What the user changes by hand and can take back, what reviewers found, and indices for the gallery.

export const editsAndReviews = {
  version: 20,
  sql: `
-- What the user did. Never changed: what was taken back and done again is in edit_move.
create table edit (
  id integer primary key,
  parent integer references edit (id),    -- the edit that stood when this one was made
  kind text not null check (kind in ('items', 'reviews', 'run')),
  words text not null,                    -- for the user: "Set role to anomaly: 12 images of cells"
  dataset_id integer references dataset (id) on delete cascade,  -- of items
  run_id integer references run (id) on delete cascade,          -- of a run put into the trash
  created_at text not null
) strict;
create index edit_by_parent on edit (parent);

-- Every item that an edit of items changed, as it was and as it became.
create table edit_item (
  edit_id integer not null references edit (id) on delete cascade,
  image_id integer not null references image (id) on delete cascade,
  role_before text not null,
  class_before text,
  group_before text,
  split_before text not null,
  role_after text not null,
  class_after text,
  group_after text,
  split_after text not null,
  primary key (edit_id, image_id)
) strict, without rowid;
create index edit_item_by_image on edit_item (image_id);

-- Append-only. The newest row tells which edit stands; the ones before it are its ancestors.
create table edit_move (
  id integer primary key,
  move text not null check (move in ('do', 'undo', 'redo')),
  edit_id integer not null references edit (id),
  standing integer references edit (id),  -- after the move; null when everything is taken back
  created_at text not null
) strict;

-- Append-only. The newest row of an image is its verdict; "cleared" is none.
create table review (
  id integer primary key,
  image_id integer not null references image (id) on delete cascade,
  model_id integer references model (id) on delete set null,
  verdict text not null check (verdict in ('normal', 'anomalous', 'unsure', 'cleared')),
  reviewer text not null,
  note text,
  created_at text not null,
  edit_id integer not null references edit (id),
  move text not null check (move in ('do', 'undo', 'redo')),
  replaces integer references review (id) -- the image's newest review before this one
) strict;
create index review_by_image on review (image_id, id, verdict);
create index review_by_edit on review (edit_id, move);

-- In the trash since then; null for runs in use.
alter table run add column deleted_at text;

create index dataset_item_facets on dataset_item (dataset_id, role, class, group_name, split);
create index dataset_item_by_class on dataset_item (dataset_id, class, image_id);
create index dataset_item_by_group on dataset_item (dataset_id, group_name, image_id);
create index image_file_path_of_image on image_file (image_id, id, path);
drop index image_file_by_image;
`,
} as const;
