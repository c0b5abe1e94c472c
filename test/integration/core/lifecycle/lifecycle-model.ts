// What a project's runs must be after any sequence of operations: a plain model of the catalogue, of the
// log of edits, of copies of the catalogue and of the files, against which the real core is compared.

export type ModelState = 'alive' | 'succeeded' | 'stopped' | 'interrupted';

export interface ModelRun {
  readonly id: number;
  /** A short training has ended before anything else happens; a long one ends only by being stopped. */
  readonly isShort: boolean;
  state: ModelState;
  place: 'runs' | 'trash' | 'gone';
}

interface ModelEdit {
  readonly id: number;
  readonly parent: number | null;
  readonly words: string;
  /** null: an edit of an item. */
  readonly runId: number | null;
  readonly restores: boolean;
}

interface Catalogue {
  readonly runs: ModelRun[];
  readonly edits: ModelEdit[];
  standing: number | null;
}

export type Verdict = 'done' | 'bad-input' | 'not-found';

export class LifecycleModel {
  #now: Catalogue = { runs: [], edits: [], standing: null };
  /** By the name of the copy, oldest first. */
  readonly copies = new Map<string, Catalogue>();
  /** Of every run that ever succeeded and whose files must be there: the hash of its model. */
  readonly hashes = new Map<number, string>();
  readonly #firstHashes = new Map<number, string>();
  readonly everGiven = new Set<number>();
  #lastEdit = 0;

  clone(): LifecycleModel {
    const clone = new LifecycleModel();
    clone.#now = structuredClone(this.#now);
    for (const [name, copy] of this.copies) clone.copies.set(name, structuredClone(copy));
    for (const [id, hash] of this.hashes) clone.hashes.set(id, hash);
    for (const [id, hash] of this.#firstHashes) clone.#firstHashes.set(id, hash);
    for (const id of this.everGiven) clone.everGiven.add(id);
    clone.#lastEdit = this.#lastEdit;
    return clone;
  }

  get runs(): readonly ModelRun[] {
    return this.#now.runs;
  }
  in(place: ModelRun['place']): ModelRun[] {
    return this.#now.runs.filter((run) => run.place === place);
  }
  get isIdle(): boolean {
    return this.#now.runs.every(({ state }) => state !== 'alive');
  }

  /** A run that the core has just made; `hash` once a short one has ended. */
  add(id: number, hash: string | null): void {
    if (this.everGiven.has(id)) throw new Error(`The id ${id} was given to a run before.`);
    this.everGiven.add(id);
    const isShort = hash !== null;
    this.#now.runs.push({ id, isShort, state: isShort ? 'succeeded' : 'alive', place: 'runs' });
    if (!isShort) return;
    this.hashes.set(id, hash);
    this.#firstHashes.set(id, hash);
  }

  pause(id: number): Verdict {
    const run = this.#listed(id);
    if (!run) return 'not-found';
    if (run.state === 'alive') run.state = 'stopped';
    return 'done';
  }

  /** `done` of a finished run: its files are lost and it is made again, see `madeAgain`. */
  resume(id: number): Verdict {
    const run = this.#listed(id);
    if (!run) return 'not-found';
    // A finished run trains again only when its files are lost.
    if (run.state === 'succeeded') return this.hashes.has(id) ? 'bad-input' : 'done';
    run.state = 'alive';
    return 'done';
  }

  /** A finished run whose files had been lost: with the same bits as before. */
  madeAgain(id: number, hash: string): void {
    const before = this.#firstHashes.get(id);
    if (before !== hash) throw new Error(`Run ${id} was made again with another result.`);
    this.hashes.set(id, hash);
  }

  delete(id: number): Verdict {
    const run = this.#listed(id);
    if (!run) return 'not-found';
    if (run.state === 'alive') return 'bad-input';
    run.place = 'trash';
    this.#edit(`Delete run ${id}`, id, false);
    return 'done';
  }

  restoreRun(id: number): Verdict {
    const run = this.#now.runs.find((one) => one.id === id);
    if (run?.place !== 'trash') return 'not-found';
    run.place = 'runs';
    this.#edit(`Restore run ${id}`, id, true);
    return 'done';
  }

  editItem(words: string): void {
    this.#edit(words, null, false);
  }

  undo(): Verdict {
    const edit = this.#toUndo();
    if (!edit) return 'done';
    if (!this.#move(edit, edit.restores ? 'trash' : 'runs')) return 'bad-input';
    this.#now.standing = edit.parent;
    return 'done';
  }

  redo(): Verdict {
    const edit = this.#toRedo();
    if (!edit) return 'done';
    if (!this.#move(edit, edit.restores ? 'runs' : 'trash')) return 'bad-input';
    this.#now.standing = edit.id;
    return 'done';
  }

  get words(): { undo: string | null; redo: string | null } {
    return { undo: this.#toUndo()?.words ?? null, redo: this.#toRedo()?.words ?? null };
  }

  /** Returns how many runs leave the trash. */
  emptyTrash(): number {
    const trash = this.in('trash');
    for (const run of trash) run.place = 'gone';
    // Also files of runs that left it earlier, should there be any again.
    for (const { id } of this.in('gone')) this.hashes.delete(id);
    return trash.length;
  }

  /** The catalogue was copied. `kept`: names of the copies that are there now. */
  copied(name: string, kept: readonly string[]): void {
    this.copies.set(name, structuredClone(this.#now));
    for (const old of this.copies.keys()) if (!kept.includes(old)) this.copies.delete(old);
  }

  /** The copy was restored, after the catalogue was copied as `savedAs`. */
  restored(name: string, savedAs: string, kept: readonly string[]): void {
    const next = structuredClone(this.copies.get(name)!);
    this.copied(savedAs, kept);
    this.#now = next;
    this.interrupt();
  }

  /** Nothing is at work any more: what was has been interrupted. */
  interrupt(): void {
    for (const run of this.#now.runs) if (run.state === 'alive') run.state = 'interrupted';
  }

  #listed(id: number): ModelRun | undefined {
    return this.#now.runs.find((run) => run.id === id && run.place === 'runs');
  }

  #edit(words: string, runId: number | null, restores: boolean): void {
    const id = ++this.#lastEdit;
    this.#now.edits.push({ id, parent: this.#now.standing, words, runId, restores });
    this.#now.standing = id;
  }

  /** False when the edit's run is at work. */
  #move({ runId }: ModelEdit, to: 'runs' | 'trash'): boolean {
    const run = this.#now.runs.find(({ id }) => id === runId);
    if (!run) return true;
    if (run.state === 'alive') return false;
    run.place = to;
    return true;
  }

  #isGone({ runId }: ModelEdit): boolean {
    return this.#now.runs.some((run) => run.id === runId && run.place === 'gone');
  }

  #toUndo(): ModelEdit | undefined {
    let edit = this.#byId(this.#now.standing);
    while (edit && this.#isGone(edit)) edit = this.#byId(edit.parent);
    return edit;
  }

  #toRedo(): ModelEdit | undefined {
    let edit = this.#newestChild(this.#now.standing);
    while (edit && this.#isGone(edit)) edit = this.#newestChild(edit.id);
    return edit;
  }

  #byId(id: number | null): ModelEdit | undefined {
    return this.#now.edits.find((edit) => edit.id === id);
  }

  #newestChild(id: number | null): ModelEdit | undefined {
    return this.#now.edits.findLast((edit) => edit.parent === id);
  }
}
