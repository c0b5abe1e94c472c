// Ids are given once: a row's id names it in jobs, in logs and in windows, also after the row is gone.
// And each run has a folder that no other run can get, whatever catalogue is restored.
//
// SQLite cannot add "autoincrement" to a table: each is made again, filled and renamed. Foreign keys are
// off meanwhile (see migrate.ts), so that dropping a table deletes nothing that refers to it.

/** name: the table; columns: its definition after the id; indices: made again, as dropping loses them. */
function rebuilt(name: string, columns: string, kept: string, indices = ''): string {
  return `
create table ${name}_next (
  id integer primary key autoincrement,
${columns}
) strict;
insert into ${name}_next (id, ${kept}) select id, ${kept} from ${name} order by id;
drop table ${name};
alter table ${name}_next rename to ${name};
${indices}`;
}

const states = `('queued', 'running', 'succeeded', 'failed', 'stopped', 'interrupted')`;

export const idsGivenOnce = {
  version: 80,
  sql: [
    rebuilt(
      'image',
      `  hash text not null unique,              -- SHA-256 of the file's bytes: the image's identity
  bytes integer not null,
  width integer not null,
  height integer not null,
  channels integer not null,
  bit_depth integer not null,             -- 8 or 16
  pixel_size_um real,                     -- micrometres per pixel, when the file says so
  imported_at text not null`,
      'hash, bytes, width, height, channels, bit_depth, pixel_size_um, imported_at',
    ),
    rebuilt(
      'image_file',
      `  image_id integer not null references image (id) on delete cascade,
  path text not null unique,              -- absolute; member of an archive: ARCHIVE!/MEMBER
  relative_path text,                     -- relative to the project folder, when on the same drive
  modified_ms integer not null`,
      'image_id, path, relative_path, modified_ms',
      'create index image_file_path_of_image on image_file (image_id, id, path);',
    ),
    rebuilt(
      'import_problem',
      `  job_id integer not null references job (id) on delete cascade,
  path text not null,
  code text not null,
  reason text not null`,
      'job_id, path, code, reason',
      'create index import_problem_by_job on import_problem (job_id);',
    ),
    rebuilt(
      'dataset',
      `  name text not null unique,
  created_at text not null`,
      'name, created_at',
    ),
    rebuilt(
      'snapshot',
      `  dataset_id integer not null references dataset (id),
  hash text not null unique,              -- SHA-256 over the sorted items
  created_at text not null`,
      'dataset_id, hash, created_at',
    ),
    // Runs of older versions keep the folder that they have.
    'alter table run add column folder text;',
    `update run set folder = 'run-' || id;`,
    rebuilt(
      'run',
      `  folder text not null unique,            -- its name within "models"; no other run ever gets it
  name text,                              -- given by the user; null for none
  method text not null,
  preset text not null,
  specimen text not null,
  config text not null,                   -- JSON: settings, outlier sources, shifts
  seed integer not null,
  engine text not null,                   -- as asked for: auto, cpu, …
  engine_used text,
  device text,
  engine_why text,                        -- null until the first step, and for runs of older versions
  code_version text not null,
  dataset_id integer not null references dataset (id),
  snapshot_id integer not null references snapshot (id),
  pixels text,                            -- JSON: side, channels, depth and window the network sees
  state text not null check (state in ${states}),
  failure text,
  steps_done integer not null default 0,
  steps_total integer,
  seconds real,                           -- of training, over all attempts
  wait_seconds real,                      -- of them, that steps waited for views
  peak_memory integer,                    -- the most a worker held at once, bytes
  parts integer,                          -- a step was taken in so many parts
  created_at text not null,
  ended_at text,
  deleted_at text,                        -- in the trash since then; null for runs in use
  emptied_at text                         -- since then its files are gone`,
      `folder, name, method, preset, specimen, config, seed, engine, engine_used, device, engine_why,
  code_version, dataset_id, snapshot_id, pixels, state, failure, steps_done, steps_total, seconds,
  wait_seconds, peak_memory, parts, created_at, ended_at, deleted_at, emptied_at`,
    ),
    rebuilt(
      'model',
      `  run_id integer not null references run (id),
  path text not null,                     -- relative to the project folder
  hash text not null,                     -- SHA-256 of the file
  step integer not null,
  created_at text not null`,
      'run_id, path, hash, step, created_at',
      'create unique index model_of_run on model (run_id);',
    ),
    rebuilt(
      'job',
      `  kind text not null,
  spec text not null,                     -- JSON, parsed again with its schema when read back
  state text not null check (state in ${states}),
  done integer not null default 0,
  total integer,
  note text,
  failure_code text,
  failure text,
  result text,                            -- JSON
  created_at text not null,
  started_at text,
  ended_at text`,
      `kind, spec, state, done, total, note, failure_code, failure, result, created_at, started_at,
  ended_at`,
      'create index job_by_state on job (state);',
    ),
    rebuilt(
      'edit',
      `  parent integer references edit (id),    -- the edit that stood when this one was made
  kind text not null check (kind in ('items', 'reviews', 'run')),
  words text not null,                    -- for the user: "Set role to anomaly: 12 images of cells"
  run_id integer references run (id) on delete cascade,  -- of a run put into the trash
  restores integer not null default 0,    -- 1: taken out of the trash again
  created_at text not null`,
      'parent, kind, words, run_id, restores, created_at',
      'create index edit_by_parent on edit (parent);',
    ),
    rebuilt(
      'edit_move',
      `  move text not null check (move in ('do', 'undo', 'redo')),
  edit_id integer not null references edit (id),
  standing integer references edit (id),  -- after the move; null when everything is taken back
  created_at text not null`,
      'move, edit_id, standing, created_at',
    ),
    rebuilt(
      'review',
      `  image_id integer not null references image (id) on delete cascade,
  model_id integer references model (id) on delete set null,
  verdict text not null check (verdict in ('normal', 'anomalous', 'unsure', 'cleared')),
  reviewer text not null,
  note text,
  created_at text not null,
  edit_id integer not null references edit (id),
  move text not null check (move in ('do', 'undo', 'redo')),
  replaces integer references review (id) -- the image's newest review before this one`,
      `image_id, model_id, verdict, reviewer, note, created_at, edit_id, move, replaces`,
      `create index review_by_image on review (image_id, id, verdict);
create index review_by_edit on review (edit_id, move);`,
    ),
  ].join('\n'),
} as const;
