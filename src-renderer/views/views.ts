// The views of an open project: name, title, icon and component, which is loaded when it is first shown, so
// that the window is there sooner. A new view is one line here, one in view-names.ts and a folder.

import type { Component } from 'svelte';
import type { IconName } from '../parts/icons.ts';
import type { ViewName } from './view-names.ts';

export interface ViewEntry {
  readonly name: ViewName;
  readonly title: string;
  readonly icon: IconName;
  readonly load: () => Promise<{ readonly default: Component }>;
}

export const views: readonly ViewEntry[] = [
  {
    name: 'images',
    title: 'Images',
    icon: 'images',
    load: () => import('./images/ImagesView.svelte'),
  },
  {
    name: 'outliers',
    title: 'Outliers',
    icon: 'outliers',
    load: () => import('./outliers/OutliersView.svelte'),
  },
  {
    name: 'shifts',
    title: 'Shifts',
    icon: 'shifts',
    load: () => import('./shifts/ShiftsView.svelte'),
  },
  { name: 'train', title: 'Train', icon: 'train', load: () => import('./train/TrainView.svelte') },
  {
    name: 'results',
    title: 'Results',
    icon: 'results',
    load: () => import('./results/ResultsView.svelte'),
  },
  {
    name: 'review',
    title: 'Review',
    icon: 'review',
    load: () => import('./review/ReviewView.svelte'),
  },
  { name: 'runs', title: 'Runs', icon: 'runs', load: () => import('./runs/RunsView.svelte') },
  {
    name: 'settings',
    title: 'Settings',
    icon: 'settings',
    load: () => import('./settings/SettingsView.svelte'),
  },
];
