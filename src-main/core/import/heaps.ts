// Counts what an import does not take although nothing is wrong with it: files that are no images, and files
// that are left out on purpose.

import { basename } from 'node:path';
import type { ImportProblem } from '#contract/core.ts';
import type { LeftOut, NotImages } from '#contract/import/import-rules.ts';
import { count } from '#domain/figures.ts';

const namesTold = 12;
const filesTold = 200;

type Reason = Exclude<keyof LeftOut, 'names'>;

const nouns: Readonly<Record<Reason, readonly [string, string]>> = {
  hidden: ['hidden file', 'hidden files'],
  system: [
    'thumbnail or file of the system',
    'thumbnails, recycle bins and other files of the system',
  ],
  masks: ['mask or label image', 'masks and label images'],
  projects: ['Normscope project', 'Normscope projects'],
  skipped: ['image of a skipped class', 'images of skipped classes'],
};

export class Heaps {
  readonly #leftOut: Record<Reason, number> = {
    ...{ hidden: 0, system: 0, masks: 0, projects: 0, skipped: 0 },
  };
  readonly #names: string[] = [];
  readonly #notImages: ImportProblem[] = [];
  #notImagesCount = 0;

  leaveOut(why: Reason, path: string): void {
    this.#leftOut[why]++;
    if (this.#names.length < namesTold && why !== 'skipped') this.#names.push(basename(path));
  }

  notImage(file: ImportProblem): void {
    this.#notImagesCount++;
    if (this.#notImages.length < filesTold) this.#notImages.push(file);
  }

  get leftOut(): LeftOut {
    return { ...this.#leftOut, names: this.#names };
  }

  get notImages(): NotImages {
    return { count: this.#notImagesCount, first: this.#notImages };
  }

  /** Sentences for the user: "left out 6 masks and label images (cell0_mask.png, …)". */
  get words(): string[] {
    const words = leftOutWords(this.leftOut);
    if (this.#notImagesCount > 0) words.push(this.#notImagesWords());
    return words;
  }

  #notImagesWords(): string {
    const archives = this.#notImages.filter(({ reason }) => reason.includes('Unpack it'));
    const number = this.#notImagesCount;
    const what = number === 1 ? '1 file is no image' : `${count(number)} files are no images`;
    if (archives.length === 0) return what;
    const names = archives.slice(0, 5).map(({ path }) => basename(path));
    const more = archives.length > names.length ? ', …' : '';
    return `${what}; archives were not opened (${names.join(', ')}${more}): unpack them, then import the folder`;
  }
}

/** "left out 6 masks and label images", one for each reason. */
export function leftOutWords(leftOut: LeftOut): string[] {
  return Object.entries(nouns).flatMap(([reason, [one, many]]) => {
    const number = leftOut[reason as Reason];
    return number === 0
      ? []
      : [`left out ${number === 1 ? `1 ${one}` : `${count(number)} ${many}`}`];
  });
}
