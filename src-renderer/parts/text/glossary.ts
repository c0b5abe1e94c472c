// The terms of the window, each in a microscopist's words. The glossary lists them, and the small
// question marks beside figures say the same. Terms and scores of methods come from their cards
// (views/card-entries.ts).

import { measureTerms } from './measure-terms.ts';
import { engineEntries } from './engine-entries.ts';
import { mapEntries } from './map-entries.ts';
import { reviewEntries } from './review-entries.ts';

export interface GlossaryEntry {
  readonly term: string;
  readonly meaning: string;
}

export const glossary = {
  ...measureTerms,
  image: {
    term: 'Image',
    meaning:
      'One picture of the specimen: a cell, a field, a tile. Normscope identifies an image by its content: two files with the same content are one image.',
  },
  dataset: {
    term: 'Dataset',
    meaning:
      'A named set of images for one question, for instance the cells of one stain. The same image may be in several datasets.',
  },
  backbone: {
    term: 'Backbone',
    meaning:
      'A network that was trained elsewhere, on other pictures, and is used as it is: its features of your normal images are enough to rank the others. One comes with Normscope.',
  },
  role: {
    term: 'Role',
    meaning:
      'What you know about an image. Normal: the model learns what these look like. Anomaly: known to be abnormal, used for testing only. Outlier: certainly not normal, used in training as an example of what is not normal. Unlabelled: not known yet, to be reviewed.',
  },
  class: {
    term: 'Class',
    meaning:
      'The kind of object in the image, usually the name of its folder. It is used only to search and count.',
  },
  group: {
    term: 'Group',
    meaning:
      'Images that belong together in your experiment: of one patient, slide or plate. All images of a group get the same split, because a model that has learnt other cells of a patient would appear better than it is.',
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
      'What an image is used for. Train: the model learns from it. Calibrate: a normal image held out to set the threshold. Test: held out to measure how good the model is.',
  },
  snapshot: {
    term: 'Snapshot',
    meaning:
      'The images that a run used, with their roles and splits, recorded when the run started. Later edits do not change it.',
  },
  'outlier-source': {
    term: 'Outlier source',
    meaning:
      'A set of images that are certainly not normal, for instance photographs of everyday objects. The model learns from them where normal ends.',
  },
  outliers: {
    term: 'Outliers',
    meaning:
      'Images that are certainly not normal: other specimens, photographs, rejects. The model learns to separate them from your normal images. They need not look like the anomalies that you search for.',
  },
  overlap: {
    term: 'Overlap',
    meaning:
      'An outlier that is also one of your normal images, or looks the same, teaches the model that normal images are abnormal. An outlier that is also a test image leaks test data into the training, so that results look better than they are. Leave such images out: they stay in the project, and Undo restores their use.',
  },
  'near-duplicate': {
    term: 'Near duplicate',
    meaning:
      'Two images whose files differ but which look the same at a small size: saved again, resized, or taken a moment later. When the model learns from one and is tested with the other, the test is too easy, and results look better than they are.',
  },
  shift: {
    term: 'Shift',
    meaning:
      'A transformation that makes a normal image abnormal on purpose, such as cutting and pasting parts or blurring. Places, angles and sizes are drawn at random for each image. Shifts whose result stays similar to your specimen teach the model most. A shift whose result still looks normal to you must stay off, or the model learns that normal images are abnormal.',
  },
  separability: {
    term: 'Separability (AUROC)',
    meaning:
      'The chance that a shifted image is found stranger than an unchanged one: 0.5 is guessing, 1.0 is always. A shift that stays below 0.6, even for a test that has learnt it, looks normal: learning it as an outlier does harm. One that a frozen network separates nearly always does no harm, but teaches little about faint differences. The others are usable, and ranked.',
  },
  'recommended-mix': {
    term: 'Recommended mix',
    meaning:
      'The outliers that a training takes unless you choose others: the shifts that are not normal for the specimen and not too easy for a frozen network, at most five, and your outlier sources by their number of images, none with more than half of the draws. It takes some seconds and is kept until the images or the specimen change.',
  },
  run: {
    term: 'Run',
    meaning:
      'One training with its settings, seed, images and result. Nothing is overwritten: each run can be repeated.',
  },
  'total-time': {
    term: 'Total time',
    meaning:
      'The time from the start of a run to its end, waiting and pauses included. The details of the run show the training time alone.',
  },
  'training-time': {
    term: 'Training time',
    meaning: 'The time spent on training steps, without preparing the images, waiting and pauses.',
  },
  model: { term: 'Model', meaning: 'The result of a run. It gives each image its score.' },
  'frozen-network': {
    term: 'Frozen network',
    meaning:
      'A network that was trained on photographs elsewhere and is used as it is: nothing of it is trained on your images. It ranks them within about a minute, before a training has ended.',
  },
  'read-out': {
    term: 'Read-out of a frozen network',
    meaning:
      'How a score is computed from what a frozen network sees in an image: how far its features are from those of your normal images, stage by stage, from fine texture to whole objects.',
  },
  'validation-data': {
    term: 'Validation data',
    meaning:
      'Images that decide between two models: anomalies that you give the split “calibrate”, or else copies of held-out normal images that are changed by shifts which the training has not used. Test images decide nothing, so that they stay a fair measure.',
  },
  ranks: {
    term: 'Ranks',
    meaning:
      'The model whose list is shown first. A frozen network ranks until the trained model is better than it on validation data, by more than chance explains; a refit with verdicts ranks where it is better on judged images that it did not know. The other list stays a click away.',
  },
  refit: {
    term: 'Use these verdicts',
    meaning:
      'Refits the model with the images that you judged, within seconds and without training: images confirmed as normal widen what is normal, and images that resemble confirmed anomalies move up. The result is a model of its own with a list of its own; the earlier one stays as it is. The new list ranks only if it is better on judged images that it did not know. Images held out to calibrate or validate are not used.',
  },
  seed: {
    term: 'Seed',
    meaning:
      'The number that determines everything random in a run. The same seed on the same computer gives the same model.',
  },
  epoch: {
    term: 'Epoch and step',
    meaning:
      'In a step the model learns from one batch of images. An epoch is as many steps as it takes to use each training image once.',
  },
  speed: {
    term: 'Speed',
    meaning:
      'Training images processed per second, normals and outliers, measured over the last seconds. Each is used as two random views.',
  },
  'time-left': {
    term: 'Time left',
    meaning:
      'The time that the remaining steps take at the speed of the last seconds. Setting the threshold and scoring all images follow after them.',
  },
  separation: {
    term: 'Separation',
    meaning:
      'How often the measured value of a view of an outlier lies on its own side of that of a normal image, from 0 (as often as by chance) to 1 (always): “not yet” below 0.5, “clear” from 0.9. Outliers are not your anomalies: the result says how well those are found.',
  },
  loss: {
    term: 'Loss',
    meaning:
      'Training error. Lower is better; it should fall and level off. Its absolute value says little. A jump when outliers switch on is expected.',
  },
  spread: {
    term: 'Spread of a measure',
    meaning:
      'How many of the views have which value, normal images against outliers, each drawn as high as the other. Values under 0.01 stand at the left end. You want to see two well separated peaks; where they overlap the model cannot tell one from the other.',
  },
  'learning-rate': {
    term: 'Learning rate',
    meaning:
      'How large a step the model takes. It starts large and falls towards zero, so that the training converges.',
  },
  view: {
    term: 'View',
    meaning:
      'A copy of an image that was randomly cropped, rotated or recoloured a little. The model learns that all views of an image show the same object.',
  },
  'anomaly-score': {
    term: 'Anomaly score',
    meaning:
      'How abnormal an image is for the model: a higher score is stranger. “Above 98 %” means: a higher score than 98 of 100 normal images that were held out of training. The score ranks images; it is neither a probability nor a diagnosis.',
  },
  rank: {
    term: 'Rank',
    meaning:
      'The fraction of held-out normal images with a lower anomaly score. 0.99 means a higher score than 99 of 100 normal images.',
  },
  threshold: {
    term: 'Threshold',
    meaning:
      'Images with a higher anomaly score are flagged. It is set on normal images held out of training for calibration, so that about as many of them are flagged as you allow. Under Results you can drag it or move it with the arrow keys.',
  },
  budget: {
    term: 'False-alarm budget',
    meaning:
      'How many false alarms you accept. The threshold is set so that at most this many of 1,000 normal images are expected above it. A smaller budget flags fewer images and misses more.',
  },
  'false-share-list': {
    term: 'List with at most a share of false images',
    meaning:
      'A list on which, averaged over many such lists, at most this share of the images is normal. It is as long as that allows: many images when many are strange, none when the held-out normals are too few to tell. A single list may have more or fewer. It holds if the new normal images are like the held-out ones (same specimen, preparation, staining and microscope): if they were mixed, nothing would tell which were held out. Images that the model has seen are not judged.',
  },
  'normal-share': {
    term: 'Estimated share of normals',
    meaning:
      'How many of the images are normal, estimated from how many look as usual as the held-out normals (Storey). Where many images are anomalous, the list becomes longer with the same promise on average.',
  },
  'domain-weights': {
    term: 'Weights by domain',
    meaning:
      'Where one scanner or site is frequent among the images but rare among the held-out normals, its normals count more. The promise then holds nearly, not exactly. Images of a domain without held-out normals are left out.',
  },
  certificate: {
    term: 'False-alarm certificate',
    meaning:
      'The largest share of normal images that the threshold may flag, judged by the normals held out of training: in 95 of 100 such cases the true share is not larger. It holds for normal images like the held-out ones. Few held-out normals prove little, so the share is larger for a domain or group with few.',
  },
  drift: {
    term: 'Drift',
    meaning:
      'In the order of their import, normal and unlabelled images are compared with the held-out normals. The alarm is raised when they no longer look alike, as after a change of microscope, lamp, staining or focus: without a change at most one of 1,000 datasets ever raises it. Up to one anomaly in ten images raises no alarm.',
  },
  flag: {
    term: 'Flag',
    meaning:
      'Marks an image whose anomaly score is above the threshold, or which is on the chosen list: review it first.',
  },
  detected: {
    term: 'Detected',
    meaning: 'Known anomalies of the test images that are above the threshold.',
  },
  'false-alarms': {
    term: 'False alarms',
    meaning:
      'Normal test images that are above the threshold. The threshold is set on other normal images, so their fraction may differ from the budget.',
  },
  verdict: {
    term: 'Verdict',
    meaning:
      'A reviewer’s decision about an image: normal, anomalous or unsure. Verdicts are kept with reviewer and time, also after Undo.',
  },
  record: {
    term: 'Record',
    meaning:
      'All verdicts with reviewer and time. Entries are never removed: Undo and Redo add entries.',
  },
  interval: {
    term: '95 % interval',
    meaning:
      'The range in which the true value probably lies, given that these images are a random sample. With few images it is wide, and the value is uncertain.',
  },
  roc: {
    term: 'ROC curve',
    meaning:
      'Each point is a threshold: the fraction of anomalies detected (vertical) against the fraction of normal images flagged (horizontal). The closer to the upper left corner, the better; the dashed line is guessing.',
  },
  precision: {
    term: 'Precision and recall',
    meaning:
      'Each point is a threshold: the fraction of flagged images that are anomalies (precision, vertical) against the fraction of anomalies detected (recall, horizontal). The closer to the upper right corner, the better; the dashed line is guessing.',
  },
  baseline: {
    term: 'Baseline without training (5 nearest thumbnails)',
    meaning:
      'Compares small thumbnails and colours with those of your normal images, without any training. A trained model should be clearly better on the same images.',
  },
  'ranked-by': {
    term: 'Ranked by',
    meaning: 'The score that sorts the images; each run has its own default.',
  },
  'nearest-outliers': {
    term: 'Nearest outliers',
    meaning:
      'The training outliers that are most similar to this image for the model. An anomaly that is similar to none of them is new to the model.',
  },
  ...mapEntries,
  ...reviewEntries,
  ...engineEntries,
  window: {
    term: 'Window and level',
    meaning:
      'Which pixel values are shown from black to white. It changes the display only, never what the model receives.',
  },
} as const satisfies Readonly<Record<string, GlossaryEntry>>;

export type GlossaryName = keyof typeof glossary;
