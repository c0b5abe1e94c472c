// The parts of an evaluation that keep its figures honest: by type, groups on both sides, origin.

/** The images of one type (class) of anomalies against every counted normal image. */
export interface TypeEvaluation {
  /** null for anomalies without a class. */
  readonly type: string | null;
  /** Anomalies of this type. */
  readonly count: number;
  /** Those above the threshold; null without one. */
  readonly flagged: number | null;
  /** With its 95 % interval; null where no image has the score that ranks. */
  readonly auroc: number | null;
  readonly auroc95: readonly [number, number] | null;
}

/**
 * Test images whose group (patient, slide, plate) the model knows, so that their figures flatter: normal
 * images of groups that it was trained or calibrated on, or anomalies of groups that gave outliers for its
 * training.
 */
export interface SharedGroups {
  /** By name. */
  readonly groups: readonly string[];
  /** Images of these groups. */
  readonly images: number;
  /** Those of them that no figure counts: all, or none where there are no others of their kind. */
  readonly leftOut: number;
}

/** Where the figures come from. */
export interface Lineage {
  readonly model: number;
  /** SHA-256 of the model's file. */
  readonly modelHash: string;
  readonly run: number;
  /** The dataset that the run was trained on. */
  readonly trainedOn: string;
  /** The hash of the run's images with their roles and splits. */
  readonly snapshot: string;
  /** The version of Normscope that made the run. */
  readonly codeVersion: string;
  /** The dataset measured. */
  readonly dataset: string;
  /** When a job last gave images of that dataset scores of this model, ISO 8601; null when unknown. */
  readonly scoredAt: string | null;
}
