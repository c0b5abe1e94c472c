// `normscope heat`: an image with its heat map as a PNG file.

import { resolve } from 'node:path';
import { parseId } from '../../arguments.ts';
import { command, projectArgument } from '../../command.ts';
import { modelOption } from '../../options/model-option.ts';
import { withProject } from '../../project.ts';
import { significant } from '#domain/figures.ts';
import { printable } from '#domain/printable.ts';

export const heat = command({
  summary: 'Draws where an image differs from normal images',
  about: [
    'Writes the image as a PNG file, coloured where its patches differ from those of normal images in the ' +
      'middle stages of the model’s network. All images of a model have the same colours: nothing is drawn ' +
      'for what half of the patches of normal images reach, and the colour is full from what one patch in a ' +
      'thousand reaches.',
    'The first heat map of a model takes some seconds, because normal images are read for it. It shows where ' +
      'to look; an image can be strange without a strange place.',
  ],
  arguments: {
    project: projectArgument,
    image: {
      placeholder: 'IMAGE',
      meaning: 'the path of an imported file, or the number of an image',
    },
  },
  options: {
    model: modelOption,
    out: {
      kind: 'text',
      placeholder: 'FILE',
      meaning: 'the PNG file to write; an existing one is replaced',
      required: true,
    },
  },
  examples: [
    {
      words: 'heat Cells.normscope ~/images/new/17.png --model 1 --out 17-heat.png',
      meaning: 'The heat map of one image.',
    },
    {
      words: 'heat Cells.normscope 812 --model 1 --out 812-heat.png',
      meaning: 'An image by the number that “rank --json” prints.',
    },
  ],
  run: async ({ project, image, model, out }, shell) => {
    const asked = {
      modelId: parseId('model', model),
      image: /^[1-9]\d{0,14}$/.test(image) ? Number(image) : resolve(image),
      path: resolve(out),
    };
    const drawn = await withProject(shell, project, {}, (client) =>
      client.call('exports.heatMap', asked),
    );
    shell.answer(drawn);
    shell.say(
      `${printable(drawn.path)}: the strongest place is at ${significant(drawn.strongest, 2)}, where 1 is the ` +
        'full colour.',
    );
    return 0;
  },
});
