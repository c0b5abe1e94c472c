// The terms of the window, each in a microscopist's words. The glossary lists them, and the small
// question marks beside figures say the same. Terms and scores of methods come from their cards
// (views/card-entries.ts).

export interface GlossaryEntry {
  readonly term: string;
  readonly meaning: string;
}

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
  domain: {
    term: 'Domain',
    meaning:
      'Where an image comes from: the scanner, the stain, the site. Unlike a group, a domain may be on several sides of the split; it lets you find images of one origin and compare origins.',
  },
  tile: {
    term: 'Tile',
    meaning:
      'A square part of a larger image, imported as an image of its own. Its pixels stay in the file it was cut from; its address is the file and the rectangle.',
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
  outliers: {
    term: 'Outliers',
    meaning:
      'Images that are certainly not normal: other specimens, photographs, rejects. The model learns to keep them apart from your normals. They need not look like what you search for.',
  },
  overlap: {
    term: 'Overlap',
    meaning:
      'An outlier that is also one of your normal images, or looks just like it, teaches the model that normal is strange. An outlier that is also a test image gives the answer away, so that results look better than they are. Leave such images out: they stay in the project, and the undo command brings them back.',
  },
  'near-duplicate': {
    term: 'Near duplicate',
    meaning:
      'Two images whose files differ but which can hardly be told apart at a small size: saved again, resized, or taken a moment later. When the model learns from one and is tested with the other, the test is no riddle, and results look better than they are.',
  },
  shift: {
    term: 'Shift',
    meaning:
      'A change that makes a normal image abnormal on purpose, such as cutting and pasting parts or blurring. It is chance inside its range: each image gets other places, angles and sizes. Shifts that stay near your specimen teach the model most; a shift that still looks normal to you must stay off, or the model learns that normal images are strange.',
  },
  'told-apart': {
    term: 'Told apart',
    meaning:
      'Take one shifted and one unchanged image: how often the stranger one is the shifted one. 0.5 is chance, 1.0 is every time. Below 0.6 the shift looks normal, so learning it as an outlier does harm. At 1.0 it is no riddle: it does no harm, but teaches little about faint differences.',
  },
  run: {
    term: 'Run',
    meaning:
      'One training, with all its settings, its seed, its images and its result. Nothing is overwritten: each run can be repeated.',
  },
  took: {
    term: 'Took',
    meaning:
      'How long a run lasted from its start to its end, with waiting and pauses. The details say how long the training itself took.',
  },
  'training-time': {
    term: 'Training time',
    meaning:
      'The time in which steps were taken, without preparing the images, waiting and pauses.',
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
  speed: {
    term: 'Speed',
    meaning:
      'Images that training draws in a second, normals and outliers, over the last seconds. Each is drawn twice, as two random views.',
  },
  'time-left': {
    term: 'Time left',
    meaning:
      'What the steps still to be taken will last at the speed of the last seconds. Setting the threshold comes after them.',
  },
  loss: {
    term: 'Loss',
    meaning:
      'How far the model is from what it shall do. Its value says little by itself; a curve that falls and then levels out is what you want to see. A jump when outliers switch on is usual.',
  },
  spread: {
    term: 'Spread of a measure',
    meaning:
      'How many of the views have which value, normal images against outliers, each drawn as high as the other. Values under 0.01 stand at the left end. You want to see two well separated peaks; where they overlap the model cannot tell one from the other.',
  },
  'learning-rate': {
    term: 'Learning rate',
    meaning:
      'How large a step the model takes. It starts large and falls towards zero, so that the model settles.',
  },
  view: {
    term: 'View',
    meaning:
      'A copy of an image that was cropped, turned or recoloured a little. The model learns that all views of an image are the same thing.',
  },
  'anomaly-score': {
    term: 'Anomaly score',
    meaning:
      'How strange the model finds an image: higher is stranger. “Above 98 %” means: stranger than 98 of 100 normal images that were held out of training. It ranks images; it is no probability and no diagnosis.',
  },
  rank: {
    term: 'Rank',
    meaning:
      'The part of the held-out normal images that are less strange than this one. 0.99 means that it is stranger than 99 of 100 normal images.',
  },
  threshold: {
    term: 'Threshold',
    meaning:
      'Images stranger than this are flagged. It is set so that of normal images, held out of training for this alone, about as many are flagged as you allow. Under Results it can be dragged, or moved with the arrow keys.',
  },
  budget: {
    term: 'False-alarm budget',
    meaning:
      'How many false alarms you can live with. The threshold is put where, of 1,000 normal images, at most so many are expected above it. A smaller budget flags fewer images and misses more.',
  },
  flag: {
    term: 'Flag',
    meaning: 'A mark on an image whose anomaly score is above the threshold: look at it first.',
  },
  found: {
    term: 'Found',
    meaning: 'Known strange images that are above the threshold.',
  },
  'false-alarms': {
    term: 'False alarms',
    meaning:
      'Normal images of the test part that are above the threshold. The threshold is set on other normal images, so the part may differ from what you allowed.',
  },
  verdict: {
    term: 'Verdict',
    meaning:
      'What a reviewer says about an image: normal, anomalous or unsure. Verdicts are kept with name and time, also when they are taken back.',
  },
  record: {
    term: 'Record',
    meaning:
      'Everything that reviewers ever said, with name and time. Nothing is ever removed: what is taken back or done again gets a line of its own.',
  },
  auroc: {
    term: 'AUROC',
    meaning:
      'The chance that a strange image is ranked above a normal one: 1 is perfect, 0.5 is guessing. It needs test images of which you know the truth.',
  },
  aupr: {
    term: 'AUPR',
    meaning:
      'How pure the top of the ranking is, averaged over all depths. 1 is perfect; guessing gives the part of strange images. Compare it only between models on the same images.',
  },
  fpr95: {
    term: 'FPR95',
    meaning:
      'When the threshold is low enough to catch 95 of 100 strange images, this part of the normal ones is flagged too. 0 is perfect.',
  },
  interval: {
    term: '95 % interval',
    meaning:
      'Where the true value probably lies, as far as chance in choosing these images may have moved it. With few images it is wide: then no figure means much.',
  },
  roc: {
    term: 'ROC curve',
    meaning:
      'Each point is a threshold: how many anomalies it finds (up) for how many normal images flagged by mistake (across). The nearer to the upper left corner, the better; the dashed line is guessing.',
  },
  precision: {
    term: 'Precision and recall',
    meaning:
      'Each point is a threshold: how many of the flags are right (up) when so many of the anomalies are found (across). The nearer to the upper right corner, the better; the dashed line is guessing.',
  },
  floor: {
    term: 'Untrained floor',
    meaning:
      'A detector that has learnt nothing: it compares small thumbnails and colours with your normals. A trained model should be clearly better on the same images.',
  },
  'ranked-by': {
    term: 'Ranked by',
    meaning: 'The score that orders the images; each run chooses its own.',
  },
  'nearest-normals': {
    term: 'Nearest normals',
    meaning:
      'Of the normal images that the model was trained on, those that it sees as most alike to this one. The figure says how alike: 1 is the same, 0 nothing in common.',
  },
  'nearest-outliers': {
    term: 'Nearest outliers',
    meaning:
      'Of the outlier sources that the model was trained with, those that it sees as most alike to this image. An anomaly that is like none of them is new to the model.',
  },
  engine: {
    term: 'Engine',
    meaning:
      'What does the arithmetic: the processor, or a graphics card. Each is given a small network whose results are known, and is offered only if it finds the same.',
  },
  auto: {
    term: 'Automatic engine',
    meaning:
      'A training whose engine is “auto” takes the fastest engine that is offered, by some of the training’s own steps where two are near each other. Its choice is kept with the run.',
  },
  checkpoint: {
    term: 'Checkpoint',
    meaning:
      'A training’s state on the disk, from which it goes on after a pause or a crash. Written when it is paused and about once a minute, less often in long runs. Removed once the run is finished.',
  },
  window: {
    term: 'Window and level',
    meaning:
      'Which values are shown from black to white. It changes what you see, never what the model gets.',
  },
} as const satisfies Readonly<Record<string, GlossaryEntry>>;

export type GlossaryName = keyof typeof glossary;
