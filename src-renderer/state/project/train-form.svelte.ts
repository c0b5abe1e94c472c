// The form for the next training: choices and validation. The caller sends `input`. It lives as
// long as the project is open, so that it survives a change of view.

import { SvelteMap } from 'svelte/reactivity';
import type { coreMethods } from '#contract/core.ts';
import { isStartName, type StartName } from '#domain/methods/methods.ts';
import { checkOutliers, standardShifts, takesShifts, takesSources } from '#domain/run-outliers.ts';
import {
  presetMethod,
  resolveSettings,
  openSettings,
  type PresetName,
  type RunSettings,
  type SpecimenName,
} from '#domain/run-settings.ts';
import type { SettingTable } from '#domain/setting.ts';
import type { ShiftName } from '#domain/shift-table.ts';
import type { InputOf } from '#rpc/connect.ts';
import type { CallsOf } from '#rpc/method.ts';
import type { DatasetInView } from '../dataset-in-view.svelte.ts';
import type { OutlierSelection } from './outlier-selection.svelte.ts';
import type { RunConfig } from '#contract/run-config.ts';
import { errorMessage } from '../error-message.ts';

export type TrainInput = InputOf<CallsOf<typeof coreMethods>, 'runs.train'>;
export type EngineChoice = NonNullable<TrainInput['engine']>;

/** What the form's Advanced part chooses. */
interface Advanced {
  readonly engine: EngineChoice;
  readonly seed: string;
  readonly ownMethod: StartName | undefined;
  readonly typed: readonly (readonly [string, string])[];
}

const usual: Advanced = { engine: 'auto', seed: '0', ownMethod: undefined, typed: [] };

export class TrainForm {
  readonly #inView: DatasetInView;
  /** Whose changes under Advanced are in the form; undefined before the first. */
  #advancedOf: string | undefined;
  preset = $state<PresetName>('quick');
  specimen = $state<SpecimenName>('stained');
  /** undefined: the preset's method. */
  ownMethod = $state<StartName>();
  engine = $state<EngineChoice>('auto');
  /** As typed. */
  seed = $state('0');
  /** undefined: recommended, unless the user has enabled shifts. */
  ownMix = $state<'recommended' | 'own'>();
  /** The run from which the settings were copied. */
  takenFrom = $state<number>();
  /** The project's outliers, which are used in training as far as the method takes them. */
  readonly outlierSelection: OutlierSelection;
  /** Settings that differ from the preset's, as they are typed; also those that another method has. */
  readonly #typed = new SvelteMap<string, string>();
  /** What was chosen under Advanced for other datasets. */
  readonly #advanced = new SvelteMap<string, Advanced>();

  constructor(outlierSelection: OutlierSelection, inView: DatasetInView) {
    this.outlierSelection = outlierSelection;
    this.#inView = inView;
  }

  /** The one in view; undefined, or one without normal images: the first that has some. */
  get dataset(): string | undefined {
    return this.#inView.name;
  }
  chooseDataset(name: string): void {
    this.#inView.choose(name);
  }

  /** What was changed under Advanced stays with the dataset for which it was changed. */
  useFor(dataset: string): void {
    const before = this.#advancedOf;
    if (dataset === before) return;
    this.#advancedOf = dataset;
    if (before === undefined) return;
    this.#keepAdvanced(before);
    this.#takeAdvanced(this.#advanced.get(dataset));
  }

  get method(): StartName {
    return this.ownMethod ?? presetMethod[this.preset];
  }
  get takesSources(): boolean {
    return takesSources(this.method);
  }
  get takesShifts(): boolean {
    return takesShifts(this.method);
  }
  /** The core chooses shifts and weights when the training starts. */
  get isRecommended(): boolean {
    return this.takesShifts && this.#isRecommended;
  }
  get #isRecommended(): boolean {
    if (this.ownMix !== undefined) return this.ownMix === 'recommended';
    return this.outlierSelection.usedShifts.length === 0;
  }
  /** The settings of the method. */
  get table(): SettingTable {
    return openSettings(this.method);
  }
  /** The settings of specimen, preset and method, without typed changes. */
  get standard(): RunSettings {
    return this.#resolve({});
  }
  get changed(): readonly string[] {
    return Object.keys(this.#typedOfMethod()).filter((name) => this.isChanged(name));
  }
  get seedFault(): string | undefined {
    const isSeed = /^\d+$/.test(this.seed.trim()) && Number.isSafeInteger(Number(this.seed));
    return isSeed ? undefined : 'The seed is a whole number from 0.';
  }
  /** Error in the settings or the seed; undefined when all are valid. */
  get fault(): string | undefined {
    if (this.seedFault !== undefined) return this.seedFault;
    return faultIn(() => this.#resolve(this.#typedOfMethod()));
  }

  valueOf(name: string): string {
    return this.#typed.get(name) ?? String(this.standard[name]);
  }

  isChanged(name: string): boolean {
    const typed = this.#typed.get(name);
    return typed !== undefined && typed !== String(this.standard[name]);
  }

  /** What is wrong with one setting, with its range. */
  faultOf(name: string): string | undefined {
    const typed = this.#typed.get(name);
    if (typed === undefined) return undefined;
    // Checked alone: either end of the crop range may be typed first.
    const wide = name === 'cropMin' ? { cropMax: 1 } : name === 'cropMax' ? { cropMin: 0.01 } : {};
    return faultIn(() => this.#resolve({ ...wide, [name]: typed }));
  }

  /** Shifts that are used when no outliers are chosen. `sources`: the existing outlier sources. */
  standardShifts(sources: readonly string[]): readonly ShiftName[] {
    const { outliers = [], shifts = [] } = this.input('', sources);
    return outliers.length + shifts.length === 0 ? standardShifts(this.method) : [];
  }

  /** Why the method cannot use the chosen outliers. */
  outlierFault(sources: readonly string[]): string | undefined {
    const { outliers = [], shifts = [] } = this.input('', sources);
    return faultIn(() => {
      const settings = this.#resolve(this.#typedOfMethod());
      const shiftCount = shifts.length + this.standardShifts(sources).length;
      checkOutliers(this.method, outliers.length, shiftCount, settings);
    });
  }

  type(name: string, value: string): void {
    if (value.trim() === String(this.standard[name])) this.#typed.delete(name);
    else this.#typed.set(name, value);
  }

  reset(name?: string): void {
    if (name === undefined) this.#typed.clear();
    else this.#typed.delete(name);
  }

  /** `sources`: the existing outlier sources. `preset`: by default the chosen one. */
  input(dataset: string, sources: readonly string[], preset = this.preset): TrainInput {
    const method = this.ownMethod ?? presetMethod[preset];
    const used = takesSources(method)
      ? sources.map((name) => this.outlierSelection.source(name)).filter(({ isUsed }) => isUsed)
      : [];
    return {
      ...{ dataset, preset, specimen: this.specimen, method },
      ...{ seed: Number(this.seed), engine: this.engine, rank: true },
      overrides: Object.fromEntries(this.changed.map((name) => [name, this.valueOf(name).trim()])),
      outliers: used.map(({ name, weight }) => ({ name, weight })),
      shifts:
        takesShifts(method) && !this.#isRecommended
          ? this.outlierSelection.usedShifts.map(({ name, weight, strength, parameters }) => ({
              ...{ name, weight, strength },
              ...(parameters ? { parameters } : {}),
            }))
          : [],
    };
  }

  /** Copies all choices from a run. `sources`: the existing outlier sources. */
  takeFrom(runId: number, config: RunConfig, sources: readonly string[]): void {
    const { dataset, preset, specimen, method, engine, seed } = config;
    this.chooseDataset(dataset);
    this.useFor(dataset);
    Object.assign(this, { preset, specimen, engine, seed: String(seed) });
    // A refit starts from a model: its images and settings are trained on by the preset's method.
    this.ownMethod = method !== presetMethod[preset] && isStartName(method) ? method : undefined;
    this.takenFrom = runId;
    this.ownMix = 'own';
    this.#typed.clear();
    for (const [name, value] of Object.entries(config.overrides)) {
      if (Object.hasOwn(this.table, name)) this.type(name, String(value));
    }
    this.outlierSelection.take(config.outliers, config.shifts, sources);
  }

  #keepAdvanced(dataset: string): void {
    const { engine, seed, ownMethod } = this;
    this.#advanced.set(dataset, { engine, seed, ownMethod, typed: [...this.#typed] });
  }

  #takeAdvanced(kept: Advanced | undefined): void {
    const { typed, ...others } = kept ?? usual;
    Object.assign(this, others);
    this.#typed.clear();
    for (const [name, value] of typed) this.#typed.set(name, value);
  }

  #typedOfMethod(): Readonly<Record<string, string>> {
    const { table } = this;
    return Object.fromEntries([...this.#typed].filter(([name]) => Object.hasOwn(table, name)));
  }

  #resolve(overrides: Readonly<Record<string, string | number>>): RunSettings {
    const { preset, specimen, method } = this;
    return resolveSettings({ preset, specimen, method, overrides });
  }
}

function faultIn(check: () => unknown): string | undefined {
  try {
    check();
    return undefined;
  } catch (error) {
    return errorMessage(error);
  }
}
