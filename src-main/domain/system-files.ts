// Files and folders that systems and programs leave beside images: the import skips them, and a folder that
// holds nothing else is empty.

const names: ReadonlySet<string> = new Set(['thumbs.db', 'desktop.ini', '__macosx']);

/** Hidden files of macOS and of volumes: .DS_Store, .localized, ._NAME (attributes that a file system cannot store). */
const hiddenNames =
  /^\.(_.*|ds_store|localized|directory|fseventsd|spotlight-v100|trashes|temporaryitems)$/;

/** Of a file or folder; without its path. */
export function isLeftBySystem(name: string): boolean {
  const lower = name.toLowerCase();
  return names.has(lower) || hiddenNames.test(lower);
}

/** Recycle bins, thumbnails and versions of network drives, and working folders of programs; in lower case. */
const folders: ReadonlySet<string> = new Set([
  ...['$recycle.bin', 'recycler', '#recycle', '@recycle', '#trash'],
  ...['.trash', '.trashes', '.recycle', 'network trash folder', 'temporary items', 'lost+found'],
  ...['system volume information', '@eadir', '@tmp', '@__thumb', '.@__thumb', '@sharebin'],
  ...['@recently-snapshot', '#snapshot', '~snapshot', '.snapshot', '.snapshots', '.zfs'],
  ...['.thumb', '.thumbs', '.thumbnails', 'thumb', 'thumbs', 'thumbnail', 'thumbnails'],
  ...['.appledouble', '__macosx', '__pycache__', 'node_modules', 'onedrivetemp', '$avg'],
]);
const folderPatterns = /^(\.trash-.*|found\.\d{3}|\$recycle\..*)$/;

/** Windows' and programs' own files, and files that are still being copied or downloaded. */
const files: ReadonlySet<string> = new Set(['ehthumbs.db', 'ehthumbs_vista.db', 'icon\r']);
const filePatterns = /^(~\$.*|.*~|.*\.(tmp|temp|part|partial|filepart|crdownload|download|lnk))$/;

/** Of a microscope: NAME_thumb.tif, NAME_thumb3F2A-….png, thumb_NAME.jpg, NAME.thumb. */
const thumbnails =
  /^(thumb(nail)?[_-].*|.*[_ .-]thumb(nail)?s?([_-]?([0-9a-f{][0-9a-f{}-]*|x?[slm]|\d+x\d+))?(\.[a-z]+)?)$/;

/** Whether an import skips it, hidden names (with a dot) aside; without its path. */
export function isSystemName(name: string, kind: 'file' | 'folder'): boolean {
  const lower = name.toLowerCase();
  if (isLeftBySystem(name)) return true;
  if (kind === 'folder') return folders.has(lower) || folderPatterns.test(lower);
  return files.has(lower) || filePatterns.test(lower) || thumbnails.test(lower);
}

/** Whether the folder of this name is a project of Normscope's. */
export function isProjectName(name: string): boolean {
  return name.toLowerCase().endsWith('.normscope');
}
