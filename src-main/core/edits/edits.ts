// Applies, undoes and redoes the user's edits: changes of items, reviews, and moving runs into the trash.

import type { EditState, ItemChange, Selection, UsedImage } from '#contract/edit.ts';
import { Failure } from '#domain/failure.ts';
import {
  automaticSide,
  fillEmptySides,
  splitOfRole,
  splitUnit,
  standardShares,
  type SplitNormal,
} from '../datasets/split.ts';
import { datasetNamed } from '../runs/run-items.ts';
import type { ProjectDatabase, Reader, Writer } from '../store/database.ts';
import {
  addEdit,
  editState,
  editToRedo,
  editToUndo,
  moveBack,
  moveForward,
  type StoredEdit,
} from '../store/edits.ts';
import {
  applyItems,
  countMeant,
  madeNormal,
  normalsBefore,
  noteItems,
  noteSplit,
  sidesOfGroups,
  type ItemsMeant,
} from '../store/images/item-edits.ts';
import {
  applyDatasets,
  applyMembers,
  type EditSide,
  type Renames,
} from '../store/images/dataset-edits.ts';
import { addReviews, repeatReviews, type NewReviews } from '../store/reviews.ts';
import { setRunDeleted } from '../store/runs/run-trash.ts';
import { askedBy } from '../gallery/image-methods.ts';
import { countOf } from './words.ts';

export interface EditPorts {
  readonly database: ProjectDatabase;
  readonly now: () => Date;
  readonly onChange: (state: EditState) => void;
  /** Throws `bad-input` while the run is running or its model is scoring. */
  /** Called inside the transaction. */
  readonly onRenamed: (writer: Writer, renames: Renames) => void;
  readonly assertIdleRun: (reader: Reader, runId: number) => void;
  /** Throws `bad-input` while a job imports into the dataset, trains on it or scores it. */
  readonly assertIdleDataset: (reader: Reader, name: string) => void;
}

export class Edits {
  readonly #ports: EditPorts;

  constructor(ports: EditPorts) {
    this.#ports = ports;
  }

  state(): EditState {
    return this.#ports.database.read(editState);
  }

  /** Throws `not-found`, and `bad-input` when an image is not in the dataset. */
  editItems(selection: Selection, set: ItemChange): { changed: number; state: EditState } {
    let changed = 0;
    const state = this.#transact((writer, now) => {
      const items = itemsMeant(writer, selection);
      // Written first, because the log's rows refer to it; removed again when nothing changes.
      const words = `${wordsOf(set)}: ${countOf(countMeant(writer, items), 'image')} of ${nameOf(selection)}`;
      const id = addEdit(writer, { kind: 'items', words }, now);
      const split = set.role === undefined || set.role === 'normal' ? null : splitOfRole(set.role);
      changed = noteItems(writer, id, items, set, split);
      if (changed === 0) throw new NothingChanges();
      if (set.role === 'normal' && set.split === undefined) {
        giveSides(writer, { id, datasetId: items.datasetId });
      }
      applyItems(writer, id, 'after');
    });
    return { changed, state };
  }

  /** Several lists of images of one dataset as one edit. Throws as `editItems`. */
  editEach(
    dataset: string,
    words: string,
    parts: readonly { readonly imageIds: readonly number[]; readonly set: ItemChange }[],
  ): { changed: number; state: EditState } {
    let changed = 0;
    const state = this.#transact((writer, now) => {
      changed = 0;
      const id = addEdit(writer, { kind: 'items', words: `${words}: ${dataset}` }, now);
      for (const { imageIds, set } of parts) {
        const items = itemsMeant(writer, { dataset, imageIds });
        changed += noteItems(writer, id, items, set, null);
      }
      if (changed === 0) throw new NothingChanges();
      applyItems(writer, id, 'after');
    });
    return { changed, state };
  }

  /**
   * One edit of datasets, their images, and attributes of these: `note` logs them, which are then applied. It returns
   * false when nothing changes. Throws what it throws.
   */
  editDatasets(
    words: string,
    note: (writer: Writer, editId: number, now: string) => boolean,
  ): EditState {
    return this.#transact((writer, now) => {
      const id = addEdit(writer, { kind: 'items', words }, now);
      if (!note(writer, id, now)) throw new NothingChanges();
      this.#applyItems(writer, id, 'after', now);
    });
  }

  /** One edit for any number of datasets. Throws as `editItems`. */
  leaveOut(images: readonly UsedImage[]): { changed: number; state: EditState } {
    const idsOf = Map.groupBy(images, ({ dataset }) => dataset);
    const count = new Set(images.map(({ imageId }) => imageId)).size;
    const names = [...idsOf.keys()];
    const of = names.length === 1 ? names[0]! : countOf(names.length, 'dataset');
    let changed = 0;
    const state = this.#transact((writer, now) => {
      changed = 0;
      const words = `Leave out: ${countOf(count, 'image')} of ${of}`;
      const id = addEdit(writer, { kind: 'items', words }, now);
      for (const [dataset, some] of idsOf) {
        const imageIds = some.map(({ imageId }) => imageId);
        const items = itemsMeant(writer, { dataset, imageIds });
        changed += noteItems(writer, id, items, { split: 'none' }, null);
      }
      if (changed === 0) throw new NothingChanges();
      applyItems(writer, id, 'after');
    });
    return { changed, state };
  }

  /** Throws `not-found` when there is no such image or model. */
  review(reviews: NewReviews): EditState {
    return this.#transact((writer, now) => {
      const words = `${judgedAs(reviews)}: ${countOf(reviews.imageIds.length, 'image')}`;
      const editId = addEdit(writer, { kind: 'reviews', words }, now);
      addReviews(writer, editId, reviews, now);
    });
  }

  /** Moves a run into the trash, or restores it. */
  moveRun(runId: number, to: 'trash' | 'runs'): EditState {
    return this.#transact((writer, now) => {
      const restores = to === 'runs';
      const words = restores ? `Restore run ${runId}` : `Delete run ${runId}`;
      addEdit(writer, { kind: 'run', words, runId, restores }, now);
      setRunDeleted(writer, runId, restores ? null : now);
    });
  }

  /** Throws `bad-input`, and changes nothing, while the run that it would move is running. */
  undo(): { words: string | null; state: EditState } {
    return this.#move((writer, now) => {
      const edit = editToUndo(writer);
      if (!edit) return undefined;
      moveBack(writer, edit.id, now);
      this.#apply(writer, edit, 'undo', now);
      return edit;
    });
  }

  /** Throws as `undo`. */
  redo(): { words: string | null; state: EditState } {
    return this.#move((writer, now) => {
      const edit = editToRedo(writer);
      if (!edit) return undefined;
      moveForward(writer, edit.id, now);
      this.#apply(writer, edit, 'redo', now);
      return edit;
    });
  }

  #apply(writer: Writer, edit: StoredEdit, move: 'undo' | 'redo', now: string): void {
    switch (edit.kind) {
      case 'items':
        this.#applyItems(writer, edit.id, move === 'undo' ? 'before' : 'after', now);
        return;
      case 'reviews':
        repeatReviews(writer, edit.id, move, now);
        return;
      case 'run':
        // Like the deletion that it repeats or undoes.
        this.#ports.assertIdleRun(writer, edit.runId!);
        setRunDeleted(writer, edit.runId!, (move === 'undo') === edit.restores ? now : null);
    }
  }

  /** Also of datasets and the images that they have. */
  #applyItems(writer: Writer, editId: number, side: EditSide, now: string): void {
    const { onRenamed, assertIdleDataset } = this.#ports;
    const renames = applyDatasets(writer, editId, side, now, (name) => {
      assertIdleDataset(writer, name);
    });
    if (renames.length > 0) onRenamed(writer, renames);
    applyMembers(writer, editId, side);
    applyItems(writer, editId, side);
  }

  #move(work: (writer: Writer, now: string) => StoredEdit | undefined): {
    words: string | null;
    state: EditState;
  } {
    let words: string | null = null;
    const state = this.#transact((writer, now) => {
      words = work(writer, now)?.words ?? null;
    });
    return { words, state };
  }

  #transact(work: (writer: Writer, now: string) => void): EditState {
    const { database, now, onChange } = this.#ports;
    try {
      database.transact((writer) => {
        work(writer, now().toISOString());
        writer.afterCommit(() => onChange(this.state()));
      });
    } catch (error) {
      if (!(error instanceof NothingChanges)) throw error;
    }
    return this.state();
  }
}

/** Removes an edit that changes nothing, so that every undo has an effect. */
class NothingChanges extends Error {}

function itemsMeant(writer: Writer, selection: Selection): ItemsMeant {
  if ('filter' in selection) return askedBy(writer, selection.filter);
  const { dataset, imageIds } = selection;
  const items = { datasetId: datasetNamed(writer, dataset), imageIds };
  const absent = new Set(imageIds).size - countMeant(writer, items);
  if (absent === 0) return items;
  throw new Failure(
    'not-found',
    `${countOf(absent, 'image')} of the selection ${absent === 1 ? 'is' : 'are'} not in the dataset ` +
      `"${dataset}" any more. Select the images again.`,
  );
}

function nameOf(selection: Selection): string {
  return 'filter' in selection ? selection.filter.dataset : selection.dataset;
}

/** Images that become normal get a split as in an import: groups stay together. */
function giveSides(writer: Writer, { id, datasetId }: { id: number; datasetId: number }): void {
  const sides = sidesOfGroups(writer, datasetId);
  const made: SplitNormal[] = [];
  const movable = new Set<string>();
  for (const { imageId, hash, group } of madeNormal(writer, id)) {
    const known = group === null ? undefined : sides.get(group);
    const unit = splitUnit(group, hash);
    if (known === undefined) movable.add(unit);
    made.push({ imageId, unit, split: known ?? automaticSide(0, unit, standardShares) });
  }
  const before = normalsBefore(writer, { editId: id, datasetId }).map(({ group, hash, ...one }) => {
    return { ...one, unit: splitUnit(group, hash) };
  });
  const moved = fillEmptySides([...before, ...made], ['calibrate', 'test'], movable, 0);
  for (const { imageId, split } of made) {
    noteSplit(writer, id, { datasetId, imageId }, moved.get(imageId) ?? split);
  }
}

function judgedAs({ verdict, category, isResolution }: NewReviews): string {
  if (verdict === 'cleared') return 'Clear verdict';
  const as = category === null ? verdict : `${verdict}, ${category}`;
  return isResolution ? `Resolve as ${as}` : `Judge ${as}`;
}

function wordsOf(set: ItemChange): string {
  const parts = Object.entries(set)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => (value === null ? `no ${name}` : `${name} to ${value}`));
  return `Set ${parts.join(', ')}`;
}
