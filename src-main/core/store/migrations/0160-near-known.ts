// Test images that look just like images that a model knows.

export const nearKnown = {
  version: 160,
  sql: `
-- Found when the model scores a dataset; the evaluation leaves them out.
create table near_known (
  model_id integer not null references model(id) on delete cascade,
  image_id integer not null references image(id) on delete cascade,
  primary key (model_id, image_id)
) strict, without rowid;
`,
} as const;
