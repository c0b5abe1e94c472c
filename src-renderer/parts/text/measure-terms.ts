// The terms of measuring and comparing models, a part of the glossary.

export const measureTerms = {
  auroc: {
    term: 'AUROC',
    meaning:
      'The chance that an anomaly is ranked above a normal image: 1 is perfect, 0.5 is guessing. It needs test images whose role is known.',
  },
  aupr: {
    term: 'AUPR',
    meaning:
      'Precision averaged over the whole ranking: 1 is perfect; guessing gives the fraction of anomalies. Compare it only between models on the same images.',
  },
  fpr95: {
    term: 'FPR95',
    meaning:
      'The fraction of normal images that are flagged when the threshold is low enough to detect 95 of 100 anomalies. 0 is perfect.',
  },
  'method-comparison': {
    term: 'Comparison of methods',
    meaning:
      'Several methods trained on the same images with the same budget, each ranked by the score that validation data chose. Paired tests say which is better beyond chance, and a network with random weights shows what training is worth.',
  },
  'corrected-p': {
    term: 'Corrected p-value',
    meaning:
      'How likely a difference as large would be if both methods were equally good, corrected for how many pairs are tested (Holm). Below 0.05 the better one is called better.',
  },
  'rank-agreement': {
    term: 'Rank agreement',
    meaning:
      'How far two models put the same images in the same order (Spearman’s correlation): 1 for the same order, 0 for orders that have nothing to do with each other. It needs no labels, and does not say which model is better.',
  },
} as const;
