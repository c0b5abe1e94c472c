// Entries of the glossary about lists, heat maps and clusters.

export const mapEntries = {
  taught: {
    term: 'Taught',
    meaning:
      'Images that the model knows: normal images that it was trained on or that set its threshold, and its outliers. How strange it finds them says nothing, so lists and counts are of the other images unless you ask for these. Unlabelled images are to be judged; test images (normal images held out, and known anomalies) tell how well the model ranks.',
  },
  cluster: {
    term: 'Cluster',
    meaning:
      'A group of images that the features of a model distinguish from the others: a cell type, a preparation, an artefact. Found by a mixture of Gaussian distributions on the leading principal axes of the features, with as many groups as there is evidence for. A kind of image may be split into several clusters. The same images, model and settings give the same clusters.',
  },
  'heat-map': {
    term: 'Heat map',
    meaning:
      'Colours the places where an image differs from normal images: the distance of each patch, as the middle stages of the network see it, from the patches of normal images. The colours are the same for every image of a model: none for the half of normal patches that differ least, full for what fewer than 1 in 1,000 of them reach. An image can be strange without a strange place.',
  },
} as const;
