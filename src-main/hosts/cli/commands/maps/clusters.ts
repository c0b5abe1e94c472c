// `normscope clusters`: sub-populations of the images of a dataset.

import { mostClusters, type ClusterMap } from '#contract/maps/clusters.ts';
import { count, counted, significant } from '#domain/figures.ts';
import { parseId } from '../../arguments.ts';
import { command, projectArgument } from '../../command.ts';
import { modelOption } from '../../options/model-option.ts';
import { roleOption } from '../../options/role-option.ts';
import { table } from '../../output/table.ts';
import { withProject } from '../../project.ts';

/** Paths of typical images listed for a cluster. */
const exemplarsShown = 3;

export const clusters = command({
  summary: 'Divides the images of a dataset into sub-populations',
  about: [
    'Finds groups of images that the model’s features distinguish: cell types among the normals, preparations, ' +
      'artefacts. There are as many as the images give evidence for, up to --most; a kind may be split into ' +
      'several, which their typical images show. The same images, model and seed give the same clusters; ' +
      '--json has the cluster of each image and how probable it is.',
    'With --as-domains each image gets its cluster as its domain, so that false-alarm certificates and weights ' +
      'tell the clusters apart. In the window this can be undone.',
  ],
  arguments: {
    project: projectArgument,
    dataset: { placeholder: 'DATASET', meaning: 'the dataset' },
  },
  options: {
    model: modelOption,
    role: {
      ...roleOption,
      meaning: 'only images of this role (all)',
    },
    most: {
      kind: 'integer',
      placeholder: 'N',
      min: 2,
      max: mostClusters,
      standard: 8,
      meaning: 'clusters, at most',
    },
    seed: {
      kind: 'integer',
      placeholder: 'N',
      min: 0,
      max: Number.MAX_SAFE_INTEGER,
      standard: 0,
      meaning: 'the start of the search',
    },
    'as-domains': { kind: 'switch', meaning: 'sets the domain of each image to its cluster' },
  },
  examples: [
    {
      words: 'clusters Cells.normscope cells --model 1 --role normal',
      meaning: 'Sub-populations of the normal images.',
    },
    {
      words: 'clusters Cells.normscope cells --model 1 --as-domains',
      meaning: 'Clusters of all images, each as a domain.',
    },
  ],
  run: async ({ project, dataset, model, role, most, seed, 'as-domains': asDomains }, shell) => {
    const asked = { modelId: parseId('model', model), dataset, role, most, seed };
    return await withProject(shell, project, {}, async (client) => {
      const progress = shell.progress('Reading features');
      client.on('clusters.progress', ({ done, total }) => {
        progress.update({ done, total, unit: 'images' });
      });
      const map = await client.call('clusters.find', asked);
      progress.end();
      const changed = asDomains
        ? (
            await client.call('items.editEach', {
              ...{ dataset, words: 'Set domains to clusters' },
              parts: map.clusters.map(({ cluster }) => ({
                imageIds: map.images.flatMap((one) => (one.cluster === cluster ? one.imageId : [])),
                set: { domain: `cluster ${cluster}` },
              })),
            })
          ).changed
        : null;
      shell.answer({ ...map, domainsSet: changed });
      shell.say(...clusterLines(map));
      if (changed !== null) shell.say('', `Set the domain of ${counted(changed, 'image')}.`);
      return 0;
    });
  },
});

function clusterLines({ clusters: all, images, left }: ClusterMap): readonly string[] {
  const pathOf = new Map(images.map(({ imageId, path }) => [imageId, path]));
  return [
    `${counted(images.length, 'image')} in ${counted(all.length, 'cluster')}`,
    ...(left.unsampled > 0 ? [`${counted(left.unsampled, 'further image')} not looked at`] : []),
    ...(left.unreadable > 0 ? [`${counted(left.unreadable, 'image')} cannot be read`] : []),
    '',
    ...table(
      [
        { title: 'cluster', align: 'right' },
        { title: 'images', align: 'right' },
        { title: 'mean anomaly score', align: 'right' },
        { title: 'typical images' },
      ],
      all.map(({ cluster, images: size, meanAnomalyScore, exemplars }) => [
        ...[String(cluster), count(size)],
        meanAnomalyScore === null ? '' : significant(meanAnomalyScore),
        exemplars
          .slice(0, exemplarsShown)
          .map((id) => pathOf.get(id) ?? '')
          .join('  '),
      ]),
    ),
  ];
}
