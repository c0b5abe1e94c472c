// `normscope rank`: the scored images of a dataset, or the list of them with at most a share of false ones.

import { command, projectArgument } from '../command.ts';
import { modelOption } from '../options/model-option.ts';
import { parseId, parseShare } from '../arguments.ts';
import { certificateLines, listLines } from '../guaranteeing.ts';
import { withProject } from '../project.ts';
import { batchLines, rankedLines } from '../scoring.ts';

export const rank = command({
  summary: 'Lists the strangest scored images, or a list with at most a share of false ones',
  about: [
    'Without --false-share the strangest images are listed, flagged where they are above the threshold, ' +
      'with what the held-out normals prove about the false alarms of that threshold, for each domain or ' +
      'group too.',
    'With --false-share the list holds as many images as it can while on average at most this share of it ' +
      'is normal (Benjamini and Hochberg, on conformal p-values). The p-value of an image is the share of ' +
      'normal images that are as strange or stranger. Images that the model was trained or calibrated on ' +
      'are not judged.',
    'Both hold if the new normal images are like the held-out ones: same kind of specimen, preparation, ' +
      'staining and microscope, so that, were they mixed, nothing would tell which were held out. Where ' +
      'the images of a group resemble each other, the true share varies more than with single images.',
    'With --weight-domains the held-out normals count so that each domain (scanner, stain, site) has the ' +
      'share that it has in the dataset; the guarantee then holds nearly, not exactly. Images of a domain ' +
      'without held-out normals are left out, and named.',
    'Says as well when the images no longer look like the held-out normals (drift).',
  ],
  arguments: { project: projectArgument },
  options: {
    model: modelOption,
    dataset: {
      kind: 'text',
      placeholder: 'NAME',
      meaning: 'a scored dataset',
      required: true,
    },
    'false-share': {
      kind: 'text',
      placeholder: 'SHARE',
      meaning: 'at most this share of the list is normal: 0.1 or 10%',
    },
    'estimate-normals': {
      kind: 'switch',
      meaning: 'a longer list, from the estimated share of normal images (Storey)',
    },
    'weight-domains': {
      kind: 'switch',
      meaning: 'weights held-out normals by domain, as often as in the dataset',
    },
    by: { kind: 'text', placeholder: 'SCORE', meaning: 'the score (the run’s own choice)' },
    top: {
      kind: 'integer',
      placeholder: 'N',
      min: 1,
      max: 10_000,
      standard: 100,
      meaning: 'how many images are listed at most',
    },
  },
  examples: [
    {
      words: 'rank Cells.normscope --model 1 --dataset cells --false-share 10%',
      meaning: 'A list of which on average at most a tenth is normal.',
    },
    {
      words: 'rank Cells.normscope --model 1 --dataset cells --false-share 0.1 --json',
      meaning: 'The same with p-values, for a script.',
    },
    {
      words: 'rank Cells.normscope --model 1 --dataset cells --top 30',
      meaning: 'The 30 strangest images, and the certificate of the threshold.',
    },
  ],
  run: async (given, shell) => {
    const { project, dataset, by, top } = given;
    const asked = { modelId: parseId('model', given.model), dataset, by };
    const share = given['false-share'];
    const falseShare = share === undefined ? undefined : parseShare('false-share', share);
    return await withProject(shell, project, {}, async (client) => {
      const drift = await client.call('scores.drift', asked);
      const batch = await client.call('batches.examine', asked);
      const found = batchLines(batch);
      const warning = [
        ...(found.length === 0 ? [] : ['', ...found]),
        ...(drift?.sentence == null ? [] : ['', `Warning: ${drift.sentence}`]),
      ];
      if (falseShare !== undefined) {
        const list = await client.call('scores.falseShareList', {
          ...asked,
          ...{ falseShare, limit: top },
          estimateNormals: given['estimate-normals'],
          weightDomains: given['weight-domains'],
        });
        shell.answer({ model: asked.modelId, dataset, ...list, batch, drift });
        shell.say(...listLines(list), ...warning);
        return 0;
      }
      const images = await client.call('scores.rank', { ...asked, limit: top });
      const hasThreshold = images.some(({ flagged }) => flagged !== null);
      const certificates = hasThreshold
        ? await client.call('thresholds.certificates', asked)
        : null;
      shell.answer({ model: asked.modelId, dataset, images, certificates, batch, drift });
      const proof = certificates === null ? [] : ['', ...certificateLines(certificates)];
      shell.say(...rankedLines(images), ...proof, ...warning);
      return 0;
    });
  },
});
