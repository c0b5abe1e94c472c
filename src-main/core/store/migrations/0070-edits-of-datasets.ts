// One edit may change items of several datasets.

export const editsOfDatasets = {
  version: 70,
  sql: `
create table edit_item_of (
  edit_id integer not null references edit (id) on delete cascade,
  dataset_id integer not null references dataset (id) on delete cascade,
  image_id integer not null references image (id) on delete cascade,
  role_before text not null,
  class_before text,
  group_before text,
  split_before text not null,
  role_after text not null,
  class_after text,
  group_after text,
  split_after text not null,
  primary key (edit_id, dataset_id, image_id)
) strict, without rowid;
insert into edit_item_of
  select i.edit_id, e.dataset_id, i.image_id, i.role_before, i.class_before, i.group_before,
    i.split_before, i.role_after, i.class_after, i.group_after, i.split_after
  from edit_item i join edit e on e.id = i.edit_id;
drop table edit_item;
alter table edit_item_of rename to edit_item;
create index edit_item_by_image on edit_item (image_id);
alter table edit drop column dataset_id;
`,
} as const;
