// Verdicts as what the next training learns: asks before images leave the test, and shows the new source at once.

import type { ConfirmedAnomalies, ConfirmedNormals } from '#contract/care/learning.ts';
import { count, counted } from '#domain/figures.ts';
import { weightBeside } from '#domain/outlier-weights.ts';
import type { AppContext } from '../../app-context.svelte.ts';
import type { Workspace } from '../workspace.svelte.ts';

export type LearningQuestion =
  | { readonly kind: 'anomalies'; readonly offer: ConfirmedAnomalies }
  | { readonly kind: 'normals'; readonly offer: ConfirmedNormals; readonly dataset: string };

export class Learning {
  readonly #app: AppContext;
  readonly #workspace: Workspace;
  #question = $state.raw<LearningQuestion>();

  constructor(app: AppContext, workspace: Workspace) {
    this.#app = app;
    this.#workspace = workspace;
  }

  /** Whether images may leave the test; undefined when nothing is asked. */
  get question(): LearningQuestion | undefined {
    return this.#question;
  }

  dismiss(): void {
    this.#question = undefined;
  }

  /** Does it at once unless images would leave the test or the normal images. `dataset`: any one for anomalies. */
  async ask(kind: LearningQuestion['kind'], dataset: string): Promise<void> {
    const { anomalies, normals } = await this.#workspace.core.call('learning.offer', { dataset });
    const isNothing = (kind === 'anomalies' ? anomalies : normals).images === 0;
    if (isNothing) {
      this.#app.toasts.done(nothingWords(kind, normals));
      return;
    }
    if (kind === 'anomalies') {
      if (anomalies.inTest + anomalies.asNormal > 0) this.#question = { kind, offer: anomalies };
      else await this.#useAnomalies(true, anomalies);
    } else if (normals.inTest > 0) this.#question = { kind, offer: normals, dataset };
    else await this.#useNormals(true, normals, dataset);
  }

  /** move: images leave the test; otherwise only the others are used. */
  async answer(move: boolean): Promise<void> {
    const question = this.#question;
    this.#question = undefined;
    if (question?.kind === 'anomalies') await this.#useAnomalies(move, question.offer);
    if (question?.kind === 'normals')
      await this.#useNormals(move, question.offer, question.dataset);
  }

  async #useAnomalies(move: boolean, { testKeeps }: ConfirmedAnomalies): Promise<void> {
    const { core, sources } = this.#workspace;
    const { source, images, moved } = await core.call('learning.useAnomalies', { move });
    await Promise.all([sources.list.load(), this.#workspace.datasets.list.load()]);
    this.#weigh(source, images);
    const kept = moved > 0 ? ` The test keeps ${count(testKeeps)}.` : '';
    this.#done(
      `The next training learns ${images === 1 ? '1 confirmed anomaly' : `${count(images)} confirmed anomalies`} as outliers, from “${source}”.${kept}`,
    );
  }

  /** A new source is drawn by its number of images; a weight that was set stays. */
  #weigh(source: string, images: number): void {
    const { outlierSelection, sources } = this.#workspace;
    if (outlierSelection.knows(source)) return;
    const others = (sources.list.value ?? [])
      .filter(({ name }) => name !== source && outlierSelection.source(name).isUsed)
      .map(({ name, images: own }) => ({
        images: own,
        weight: outlierSelection.source(name).weight,
      }));
    outlierSelection.changeSource(source, { isUsed: true, weight: weightBeside(images, others) });
  }

  async #useNormals(move: boolean, offer: ConfirmedNormals, dataset: string): Promise<void> {
    const { changed, moved } = await this.#workspace.core.call('learning.useNormals', {
      ...{ dataset, move },
    });
    const kept = moved > 0 ? ` The test keeps ${count(offer.testKeeps)}.` : '';
    const held = offer.groupsHeldOut;
    const stay =
      held > 0
        ? ` ${counted(held, 'more image')} ${held === 1 ? 'stays' : 'stay'}: their groups are held out.`
        : '';
    this.#done(
      `The next training learns ${counted(changed, 'more image')} of “${dataset}” as normal.${kept}${stay}`,
    );
  }

  #done(words: string): void {
    const { commands, toasts } = this.#app;
    toasts.done(words, { label: 'Undo', run: () => commands.run('undo') });
  }
}

function nothingWords(kind: LearningQuestion['kind'], normals: ConfirmedNormals): string {
  if (kind === 'anomalies') return 'No image has been judged anomalous yet.';
  return normals.groupsHeldOut > 0
    ? `${counted(normals.groupsHeldOut, 'image')} judged normal cannot be used: normal images of their groups are held out to set the threshold or to test.`
    : 'No image has been judged normal that is not used in training already.';
}
