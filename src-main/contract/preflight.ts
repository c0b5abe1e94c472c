// What is known of a training before it starts.

/** One line of the list beside Start. */
export interface Check {
  readonly kind: 'normals' | 'threshold' | 'pixels';
  /** refused: the training cannot start. */
  readonly state: 'ok' | 'warning' | 'refused';
  /** Without a full stop. */
  readonly text: string;
}

export interface Preflight {
  /** Normal images that a training needs at least. */
  readonly needed: number;
  /** Normal images of the dataset by what they do: teach, set the threshold, test. */
  readonly normals: { readonly teach: number; readonly setLine: number; readonly test: number };
  /** Images that are neither taught nor set the threshold, of any role. */
  readonly toScore: number;
  /** Why the training would be refused, with the remedy; null where it would not. */
  readonly refusal: string | null;
  readonly checks: readonly Check[];
}
