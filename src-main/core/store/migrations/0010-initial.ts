// The first schema. A shipped migration is never edited; changes come as a new file.

export const initial = {
  version: 10,
  sql: `
create table image (
  id integer primary key,
  hash text not null unique,              -- SHA-256 of the file's bytes: the image's identity
  bytes integer not null,
  width integer not null,
  height integer not null,
  channels integer not null,
  bit_depth integer not null,             -- 8 or 16
  pixel_size_um real,                     -- micrometres per pixel, when the file says so
  imported_at text not null
) strict;

-- Where an image was seen. Several files may hold the same image: exact duplicates.
create table image_file (
  id integer primary key,
  image_id integer not null references image (id) on delete cascade,
  path text not null unique,              -- absolute; member of an archive: ARCHIVE!/MEMBER
  relative_path text,                     -- relative to the project folder, when on the same drive
  modified_ms integer not null
) strict;
create index image_file_by_image on image_file (image_id);

-- Files that an import could not take, with the reason.
create table import_problem (
  id integer primary key,
  job_id integer not null references job (id) on delete cascade,
  path text not null,
  code text not null,
  reason text not null
) strict;
create index import_problem_by_job on import_problem (job_id);

create table dataset (
  id integer primary key,
  name text not null unique,
  created_at text not null
) strict;

create table dataset_item (
  dataset_id integer not null references dataset (id) on delete cascade,
  image_id integer not null references image (id) on delete cascade,
  role text not null check (role in ('normal', 'outlier', 'unlabelled', 'anomaly')),
  class text,                             -- for instance the sub-folder's name
  group_name text,                        -- patient, slide, plate
  split text not null check (split in ('train', 'calibrate', 'test', 'none')),
  primary key (dataset_id, image_id)
) strict, without rowid;
create index dataset_item_by_role on dataset_item (dataset_id, role, split);
create index dataset_item_by_image on dataset_item (image_id);

-- A dataset frozen for a run: which image, role, group and split; later edits do not change it.
create table snapshot (
  id integer primary key,
  dataset_id integer not null references dataset (id),
  hash text not null unique,              -- SHA-256 over the sorted items
  created_at text not null
) strict;

create table snapshot_item (
  snapshot_id integer not null references snapshot (id) on delete cascade,
  position integer not null,
  image_id integer not null references image (id),
  role text not null,
  class text,
  group_name text,
  split text not null,
  primary key (snapshot_id, position)
) strict, without rowid;
create index snapshot_item_by_image on snapshot_item (image_id);

create table run (
  id integer primary key,
  method text not null,
  preset text not null,
  specimen text not null,
  config text not null,                   -- JSON: settings, outlier sources, shifts
  seed integer not null,
  engine text not null,                   -- as asked for: auto, cpu, …
  engine_used text,
  device text,
  code_version text not null,
  dataset_id integer not null references dataset (id),
  snapshot_id integer not null references snapshot (id),
  pixels text,                            -- JSON: side, channels, depth and window the network sees
  state text not null check (state in ('queued', 'running', 'succeeded', 'failed', 'stopped', 'interrupted')),
  failure text,
  steps_done integer not null default 0,
  steps_total integer,
  created_at text not null,
  ended_at text
) strict;

-- External outliers of a run: other datasets, frozen as snapshots of their own.
create table outlier_source (
  run_id integer not null references run (id) on delete cascade,
  snapshot_id integer not null references snapshot (id),
  name text not null,
  weight real not null,
  primary key (run_id, snapshot_id)
) strict, without rowid;

create table run_epoch (
  run_id integer not null references run (id) on delete cascade,
  epoch integer not null,
  step integer not null,
  loss real not null,
  ntxent real not null,
  normal_norm real not null,
  outlier_norm real,
  learning_rate real not null,
  alpha real not null,
  seconds real not null,
  primary key (run_id, epoch)
) strict, without rowid;

-- Sentences for the user, in the order in which they came up.
create table run_warning (
  run_id integer not null references run (id) on delete cascade,
  text text not null,
  primary key (run_id, text)
) strict;

create table model (
  id integer primary key,
  run_id integer not null references run (id),
  path text not null,                     -- relative to the project folder
  hash text not null,                     -- SHA-256 of the file
  step integer not null,
  created_at text not null
) strict;
create unique index model_of_run on model (run_id);

create table score (
  model_id integer not null references model (id) on delete cascade,
  image_id integer not null references image (id) on delete cascade,
  norm_of_mean real not null,
  mean_squared_norm real not null,
  plain_squared_norm real not null,
  mahalanobis real not null,
  nearest5 real not null,
  cosine_times_norm real not null,
  primary key (model_id, image_id)
) strict, without rowid;
create index score_by_image on score (image_id);

-- Images that a model could not score, with the reason; a score replaces it.
create table score_problem (
  model_id integer not null references model (id) on delete cascade,
  image_id integer not null references image (id) on delete cascade,
  code text not null,
  reason text not null,
  primary key (model_id, image_id)
) strict, without rowid;

create table threshold (
  model_id integer not null references model (id) on delete cascade,
  score_name text not null,
  anomaly_score real not null,            -- flagged when the anomaly score is above this
  false_alarms real not null,             -- the budget asked for
  false_alarms_low real not null,         -- 95 % interval of the true rate
  false_alarms_high real not null,
  calibrated_on integer not null,         -- how many held-out normals
  primary key (model_id, score_name)
) strict, without rowid;

create table job (
  id integer primary key,
  kind text not null,
  spec text not null,                     -- JSON, parsed again with its schema when read back
  state text not null check (state in ('queued', 'running', 'succeeded', 'failed', 'stopped', 'interrupted')),
  done integer not null default 0,
  total integer,
  note text,
  failure_code text,
  failure text,
  result text,                            -- JSON
  created_at text not null,
  started_at text,
  ended_at text
) strict;
create index job_by_state on job (state);

create table setting (
  name text primary key,
  value text not null
) strict, without rowid;
`,
} as const;
