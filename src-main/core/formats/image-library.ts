// sharp (libvips) as this product uses it: only the loaders we test are open, and nothing is cached,
// so that memory stays with the images in work. The only file that imports sharp.

import sharp from 'sharp';

sharp.block({ operation: ['VipsForeignLoad'] });
sharp.unblock({
  operation: [
    'VipsForeignLoadPngBuffer',
    'VipsForeignLoadJpegBuffer',
    'VipsForeignLoadWebpBuffer',
    'VipsForeignLoadTiffBuffer',
  ],
});
sharp.cache(false);
// Images are decoded side by side; threads inside one image would only compete with them.
sharp.concurrency(1);

/** Changes whenever decoded or resized pixels may change: part of the name of pixel caches. */
export const imageLibraryVersion = `sharp ${sharp.versions.sharp}, libvips ${sharp.versions.vips}`;

export { sharp };
export type { Sharp } from 'sharp';
