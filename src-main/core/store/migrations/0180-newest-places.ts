// Where each image was found last, and under which file a dataset shows it.

export const newestPlaces = {
  version: 180,
  sql: `
alter table image_file add column found_at text not null default '';  -- the latest import or search that saw it
alter table image_file add column lost_at text;     -- since then the file is not there; null: nobody missed it
update image_file set found_at = (select imported_at from image where id = image_id);
drop index image_file_path_of_image;
create index image_file_of_image on image_file (image_id, lost_at, found_at, id, path);

-- null, as in datasets of older versions: the place where the image was found last.
alter table dataset_item add column file_id integer references image_file (id) on delete set null;
create index dataset_item_by_file on dataset_item (file_id);
`,
} as const;
