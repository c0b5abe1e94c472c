// What can be chosen for a training, in a microscopist's words.

import { cardOf, methodCards, type MethodName } from '#domain/methods/methods.ts';
import type { PresetName, SpecimenName } from '#domain/run-settings.ts';
import type { EngineChoice } from '../../state/project/train-form.svelte.ts';

export interface Choice<Name extends string> {
  readonly name: Name;
  readonly title: string;
  readonly text: string;
  /** A few words on what it costs or means. */
  readonly note?: string;
}

export const specimens: readonly Choice<SpecimenName>[] = [
  {
    name: 'stained',
    title: 'Stained, bright field',
    text: 'Blood smears, histology, cytology. Colour is evidence, so it is hardly varied.',
  },
  {
    name: 'fluorescence',
    title: 'Fluorescence',
    text: 'Channels instead of colours. Brightness may differ from field to field; hue may not.',
  },
  {
    name: 'natural',
    title: 'Photographs',
    text: 'Everyday pictures. Size, crop and colour vary widely without being strange.',
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
    text: 'A larger network on 64-pixel images, 200 passes over your normals.',
    note: 'hours',
  },
  {
    name: 'paper',
    title: 'As published',
    text: 'The full network and 1,000 passes, as the method was described.',
    note: 'a day or more without a graphics card',
  },
];

export const methods: readonly Choice<MethodName>[] = methodCards.map(
  ({ name, title, meaning }) => ({ name, title, text: meaning }),
);

export const engines: readonly Choice<EngineChoice>[] = [
  { name: 'auto', title: 'Automatic', text: 'The fastest that passes its self-test here.' },
  { name: 'cpu', title: 'Processor', text: 'Works on every computer.' },
  { name: 'webgpu', title: 'Graphics card', text: 'WebGPU; refused if its self-test fails.' },
  { name: 'directml', title: 'Graphics card, DirectML', text: 'Windows’ own way to the card.' },
  { name: 'coreml', title: 'Apple, CoreML', text: 'macOS’ own way to its processors.' },
  { name: 'cuda', title: 'NVIDIA card, CUDA', text: 'Needs NVIDIA’s libraries.' },
  { name: 'tensorflow', title: 'TensorFlow.js', text: 'Slow; to check other engines against.' },
];

interface SettingGroup {
  readonly title: string;
  readonly names: readonly string[];
}

/** The settings of a method in groups, as the form shows them; every setting is in one. */
export function settingGroups(method: MethodName): readonly SettingGroup[] {
  return [
    {
      title: 'Network and length',
      names: [
        ...['network', 'width', 'inputSize', 'batch', 'outlierBatch', 'epochs', 'steps'],
        'threads',
      ],
    },
    { title: 'What is learnt', names: Object.keys(cardOf(method).settings) },
    {
      title: 'How it is learnt',
      names: ['optimiser', 'learningRate', 'momentum', 'weightDecay', 'trust', 'schedule'],
    },
    {
      title: 'What may vary in a normal image',
      names: [
        ...['normalRotation', 'cropMin', 'cropMax', 'flip', 'verticalFlip', 'brightness'],
        ...['contrast', 'saturation', 'hue', 'jitter', 'grey'],
      ],
    },
    { title: 'Scoring afterwards', names: ['views', 'rankBy', 'falseAlarms'] },
  ];
}
