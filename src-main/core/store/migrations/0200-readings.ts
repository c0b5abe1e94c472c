// What a reviewer found in an image, and how it was judged: by category, blind, or to settle a disagreement.

export const readings = {
  version: 200,
  sql: `
-- One of the project's own categories ("debris"), as it was named then.
alter table review add column category text;
-- Judged without seeing name, class, role and score.
alter table review add column is_blind integer not null default 0 check (is_blind in (0, 1));
-- Settles a disagreement: the image's verdict, but no reading of this reviewer.
alter table review add column is_resolution integer not null default 0
  check (is_resolution in (0, 1));
`,
} as const;
