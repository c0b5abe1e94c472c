// The card of a method: plain data that the command line, the window, the core and the worker read. Its
// computation is in ml/methods/NAME.

import type { SettingTable, SettingValue } from '../setting.ts';

/** A mean that a method reports at every step. One name means the same in every method. */
export interface TermCard {
  readonly name: string;
  /** Title for users, short: "outlier norm". */
  readonly title: string;
  readonly meaning: string;
  /** The chart that draws it: beside the loss, among the method's own measure, or none. */
  readonly chart: 'loss' | 'measure' | null;
  /** Which images it is a mean over; null for all. */
  readonly of: 'normals' | 'outliers' | null;
}

/** Counts (domain/norm-counts.ts) of a value ≥ 0 of every view of an epoch. */
export interface DistributionCard {
  readonly name: string;
  readonly of: 'normals' | 'outliers';
}

/** A raw score of an image. Higher is more normal, in every method. */
export interface ScoreCard {
  readonly name: string;
  /** Title for users, short. */
  readonly title: string;
  readonly meaning: string;
}

type Values = Readonly<Record<string, SettingValue>>;

/** The chart of a method's terms of kind "measure" and of its distributions. */
export interface MeasureCard {
  readonly title: string;
  /** The label of its axis. */
  readonly axis: string;
  readonly meaning: string;
}

export interface MethodCard {
  /** As it is typed and stored. */
  readonly name: string;
  /** Title for users, short. */
  readonly title: string;
  /** For users: what it learns from, and what it is suited for. */
  readonly meaning: string;
  /** Authors, title, year. */
  readonly paper: string;
  /** none: it trains no network. */
  readonly learningType: 'contrastive' | 'one-class' | 'classification' | 'none';
  /** The source of its outliers: other datasets, shift transforms of the normals, or both. */
  readonly outliers: 'none' | 'sources' | 'shifts' | 'any';
  /** Random views of each image in a step. */
  readonly views: 1 | 2;
  /** The general settings that it reads; all when left out. */
  readonly general?: readonly string[];
  /** Settings that no other part of a run reads. */
  readonly settings: SettingTable;
  /** Values of presets and specimens for its settings; they override the general ones. */
  readonly presets: Readonly<Partial<Record<'quick' | 'standard' | 'paper', Values>>>;
  readonly specimens: Readonly<Partial<Record<'stained' | 'fluorescence' | 'natural', Values>>>;
  readonly terms: readonly TermCard[];
  /** null of a method that trains no network. */
  readonly measure: MeasureCard | null;
  readonly distributions: readonly DistributionCard[];
  readonly scores: readonly ScoreCard[];
  /** The score that ranks images unless a preset or the user says otherwise. */
  readonly rankBy: string;
}

/** Keeps names and settings as literal types. */
export function card<const Card extends MethodCard>(own: Card): Card {
  return own;
}
