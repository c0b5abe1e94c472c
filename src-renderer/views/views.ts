// The views of an open project: name, title, icon and component. A new view is one line here, one in
// view-names.ts and a folder.

import type { Component } from 'svelte';
import type { IconName } from '../parts/icons.ts';
import ImagesView from './images/ImagesView.svelte';
import OutliersView from './outliers/OutliersView.svelte';
import ResultsView from './results/ResultsView.svelte';
import ReviewView from './review/ReviewView.svelte';
import RunsView from './runs/RunsView.svelte';
import SettingsView from './settings/SettingsView.svelte';
import ShiftsView from './shifts/ShiftsView.svelte';
import TrainView from './train/TrainView.svelte';
import type { ViewName } from './view-names.ts';

export interface ViewEntry {
  readonly name: ViewName;
  readonly title: string;
  readonly icon: IconName;
  readonly component: Component;
}

export const views: readonly ViewEntry[] = [
  { name: 'images', title: 'Images', icon: 'images', component: ImagesView },
  { name: 'outliers', title: 'Outliers', icon: 'outliers', component: OutliersView },
  { name: 'shifts', title: 'Shifts', icon: 'shifts', component: ShiftsView },
  { name: 'train', title: 'Train', icon: 'train', component: TrainView },
  { name: 'results', title: 'Results', icon: 'results', component: ResultsView },
  { name: 'review', title: 'Review', icon: 'review', component: ReviewView },
  { name: 'runs', title: 'Runs', icon: 'runs', component: RunsView },
  { name: 'settings', title: 'Settings', icon: 'settings', component: SettingsView },
];
