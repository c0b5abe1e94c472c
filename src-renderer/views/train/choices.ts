// The choices for a training, described for a microscopist.

import { cardOf, isTrained, methodCards, type StartName } from '#domain/methods/methods.ts';
import { openSettings, type PresetName, type SpecimenName } from '#domain/run-settings.ts';
import type { EngineChoice } from '../../state/project/train-form.svelte.ts';

export interface Choice<Name extends string> {
  readonly name: Name;
  readonly title: string;
  readonly text: string;
  /** A short note, for instance the usual duration. */
  readonly note?: string;
}

export const specimens: readonly Choice<SpecimenName>[] = [
  {
    name: 'stained',
    title: 'Stained, bright field',
    text: 'Blood smears, histology, cytology. Colour carries information, so it is hardly varied.',
  },
  {
    name: 'fluorescence',
    title: 'Fluorescence',
    text: 'Channels instead of colours. Brightness may differ from field to field; hue may not.',
  },
  {
    name: 'natural',
    title: 'Photographs',
    text: 'Everyday photographs. Size, crop and colour vary widely among normal images.',
  },
];

export const presets: readonly Choice<PresetName>[] = [
  {
    name: 'quick',
    title: 'Quick',
    text: 'A small network and 300 steps: a first look, and enough for easy cases.',
    note: 'minutes',
  },
  {
    name: 'standard',
    title: 'Standard',
    text: 'A larger network on 64-pixel images, 200 epochs.',
    note: 'hours',
  },
  {
    name: 'paper',
    title: 'As published',
    text: 'The full network and 1,000 epochs, as published.',
    note: 'a day or more without a graphics card',
  },
];

export const methods: readonly Choice<StartName>[] = methodCards.map(
  ({ name, title, meaning }) => ({ name, title, text: meaning }),
);

export const engines: readonly Choice<EngineChoice>[] = [
  { name: 'auto', title: 'Automatic', text: 'The fastest that passes its self-test here.' },
  { name: 'cpu', title: 'Processor', text: 'Works on every computer.' },
  { name: 'webgpu', title: 'Graphics card', text: 'WebGPU; refused if its self-test fails.' },
  {
    name: 'directml',
    title: 'Graphics card, DirectML',
    text: 'The graphics interface of Windows.',
  },
  { name: 'coreml', title: 'Apple, CoreML', text: 'The machine-learning interface of macOS.' },
  { name: 'cuda', title: 'NVIDIA card, CUDA', text: 'Needs NVIDIA’s libraries.' },
  { name: 'tensorflow', title: 'TensorFlow.js', text: 'Slow; a reference to check other engines.' },
];

interface SettingGroup {
  readonly title: string;
  readonly names: readonly string[];
}

/** The settings of a method in groups, as the form shows them; every setting is in one. */
export function settingGroups(method: StartName): readonly SettingGroup[] {
  const open = openSettings(method);
  return groups(method).map(({ title, names }) => {
    return { title, names: names.filter((name) => Object.hasOwn(open, name)) };
  });
}

function groups(method: StartName): readonly SettingGroup[] {
  return [
    {
      title: !isTrained(method) ? 'Computing' : 'Network and length',
      names: [
        ...['network', 'width', 'inputSize', 'batch', 'outlierBatch'],
        ...['hardOutliers', 'epochs', 'steps'],
        'threads',
      ],
    },
    {
      title: !isTrained(method) ? 'Frozen network' : 'Objective',
      names: Object.keys(cardOf(method).settings),
    },
    {
      title: 'Optimisation',
      names: ['optimiser', 'learningRate', 'momentum', 'weightDecay', 'trust', 'schedule'],
    },
    {
      title: 'Augmentation of normal images',
      names: [
        ...['normalRotation', 'cropMin', 'cropMax', 'flip', 'verticalFlip', 'brightness'],
        ...['contrast', 'saturation', 'hue', 'jitter', 'grey'],
      ],
    },
    { title: 'Scoring', names: ['views', 'turns', 'rankBy', 'falseAlarms'] },
  ];
}
