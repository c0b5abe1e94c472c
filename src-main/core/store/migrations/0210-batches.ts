// What is measured of images to compare batches, and the lines of datasets that have one of their own.

export const batches = {
  version: 210,
  sql: `
-- How an image was acquired; null for what a picture of one value does not have.
create table image_measure (
  image_id integer primary key references image(id) on delete cascade,
  background real,
  stain real,
  colour real,
  sharpness real,
  scale real,
  range real
) strict;

-- Datasets that the model's own thresholds do not apply to. kind "normals": thresholds of its own, from its
-- normal images with the split calibrate; "within": none, its images are ranked among themselves.
create table batch_line (
  model_id integer not null references model(id) on delete cascade,
  dataset_id integer not null references dataset(id) on delete cascade,
  kind text not null check (kind in ('normals', 'within')),
  primary key (model_id, dataset_id)
) strict, without rowid;

create table batch_threshold (
  model_id integer not null,
  dataset_id integer not null,
  score_name text not null,
  anomaly_score real not null,
  false_alarms real not null,
  false_alarms_low real not null,
  false_alarms_high real not null,
  calibrated_on integer not null,
  primary key (model_id, dataset_id, score_name),
  foreign key (model_id, dataset_id) references batch_line(model_id, dataset_id) on delete cascade
) strict, without rowid;
`,
} as const;
