// Entries of the glossary about reading blind, two reviewers and similar images.

export const reviewEntries = {
  'nearest-normals': {
    term: 'Nearest normals',
    meaning:
      'The training normals that are most similar to this image for the model. The figure is the cosine similarity: 1 is identical, 0 is unrelated.',
  },
  kappa: {
    term: 'Cohen’s kappa',
    meaning:
      'How far two reviewers agree beyond chance: (observed − expected) / (1 − expected), where expected is the agreement by chance of two reviewers with these shares of verdicts (Cohen 1960). 1 is full agreement, 0 is chance. The interval uses the variance of Fleiss, Cohen and Everitt (1969), and is too narrow for fewer than about 30 images.',
  },
  blind: {
    term: 'Blind reading',
    meaning:
      'Name, class, role, score, heat map and the verdicts of others are hidden, and the images come in a shuffled order that is the same for one reviewer and another one for the next. Verdicts given so are marked as blind in the record.',
  },
  resolution: {
    term: 'Settled disagreement',
    meaning:
      'The verdict that stands for an image that two reviewers judged differently. Neither reviewer’s own verdict changes, and so does not kappa. A verdict that either gives later opens it again.',
  },
} as const;
