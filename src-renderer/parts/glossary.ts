// The terms of the window, each in a microscopist's words. The glossary lists them, and the small
// question marks beside figures say the same.

export const glossary = {
  image: {
    term: 'Image',
    meaning:
      'One picture of the specimen: a cell, a field, a tile. Normscope knows an image by its content; two files with the same content are one image.',
  },
  dataset: {
    term: 'Dataset',
    meaning:
      'A named set of images of one question, for instance the cells of one stain. The same image may be in several datasets.',
  },
  role: {
    term: 'Role',
    meaning:
      'What you say an image is. Normal: what the model learns to expect. Anomaly: known to be strange, only ever used to test. Outlier: something else entirely, shown in training as an example of what normal is not. Unlabelled: to be judged.',
  },
  class: {
    term: 'Class',
    meaning:
      'A name for the kind of thing in the image, usually the name of its folder. It only helps you to find and count.',
  },
  group: {
    term: 'Group',
    meaning:
      'What belongs together in your experiment: a patient, a slide, a plate. All images of a group stay on one side of the split, because a model that has seen a patient’s other cells would look better than it is.',
  },
  split: {
    term: 'Split',
    meaning:
      'What an image is used for. Train: the model learns from it. Calibrate: a normal image held back to set the threshold. Test: held back to measure how good the model is.',
  },
  snapshot: {
    term: 'Snapshot',
    meaning:
      'Which images a run used, with their roles and splits, frozen when the run began. Later edits do not change what a run was.',
  },
  'outlier-source': {
    term: 'Outlier source',
    meaning:
      'A set of images that are surely not normal, for instance photographs of everyday things. They teach the model where normal ends.',
  },
  shift: {
    term: 'Shift',
    meaning:
      'A change that makes a normal image abnormal on purpose, such as cutting and pasting parts or blurring. Shifted copies serve as outliers that look nearly like the specimen.',
  },
  run: {
    term: 'Run',
    meaning:
      'One training, with all its settings, its seed, its images and its result. Nothing is overwritten: each run can be repeated.',
  },
  model: { term: 'Model', meaning: 'The result of a run: what gives each image its score.' },
  seed: {
    term: 'Seed',
    meaning:
      'The number from which everything random in a run follows. The same seed on the same computer gives the same model.',
  },
  epoch: {
    term: 'Epoch and step',
    meaning:
      'In a step the model learns from one handful of images. An epoch is as many steps as it takes to have seen each training image once.',
  },
  loss: {
    term: 'Loss',
    meaning:
      'What training makes small. Its value says little by itself; a curve that falls and then levels out is what you want to see.',
  },
  norm: {
    term: 'Norm',
    meaning:
      'How strongly the model responds to an image. It learns to respond strongly to normal images and hardly at all to outliers; the two curves should drift apart.',
  },
  view: {
    term: 'View',
    meaning:
      'A copy of an image that was cropped, turned or recoloured a little. The model learns that all views of an image are the same thing.',
  },
  'anomaly-score': {
    term: 'Anomaly score',
    meaning:
      'How strange the model finds an image: higher is stranger. It ranks images; it is not a probability.',
  },
  rank: {
    term: 'Rank',
    meaning:
      'The part of the held-out normal images that are less strange than this one. 0.99 means that it is stranger than 99 of 100 normal images.',
  },
  threshold: {
    term: 'Threshold',
    meaning:
      'Images stranger than this are flagged. It is set with normal images that were held back from training for this alone.',
  },
  budget: {
    term: 'False-alarm budget',
    meaning:
      'How many normal images you accept to be flagged, for instance 5 of 100. A smaller budget flags fewer images and misses more.',
  },
  flag: {
    term: 'Flag',
    meaning: 'A mark on an image whose anomaly score is above the threshold: look at it first.',
  },
  verdict: {
    term: 'Verdict',
    meaning:
      'What a reviewer says about an image: normal, anomalous or unsure. Verdicts are kept with name and time, also when they are taken back.',
  },
  auroc: {
    term: 'AUROC',
    meaning:
      'The chance that a strange image is ranked above a normal one: 1 is perfect, 0.5 is guessing. It needs test images of which you know the truth.',
  },
  aupr: {
    term: 'AUPR',
    meaning:
      'How pure the top of the ranking is, whatever the cut. Compare it only between models on the same images.',
  },
  fpr95: {
    term: 'FPR95',
    meaning:
      'The part of normal images that is flagged when the threshold is low enough to catch 95 of 100 anomalies. Lower is better.',
  },
  interval: {
    term: '95 % interval',
    meaning:
      'Where the true value probably lies. With few images it is wide: then no figure means much.',
  },
  mahalanobis: {
    term: 'Mahalanobis distance',
    meaning:
      'How far an image lies from the cloud of normal images, in the model’s own measure. Reported beside the norm.',
  },
  engine: {
    term: 'Engine',
    meaning:
      'What does the arithmetic: the processor, or a graphics card. Each is tested before it is offered.',
  },
  checkpoint: {
    term: 'Checkpoint',
    meaning:
      'A training’s state on the disk, from which it goes on after a pause or a crash. Removed once the run is finished.',
  },
  window: {
    term: 'Window and level',
    meaning:
      'Which values are shown from black to white. It changes what you see, never what the model gets.',
  },
} as const satisfies Readonly<Record<string, { readonly term: string; readonly meaning: string }>>;

export type GlossaryName = keyof typeof glossary;

export function meaningOf(name: GlossaryName): string {
  return glossary[name].meaning;
}
