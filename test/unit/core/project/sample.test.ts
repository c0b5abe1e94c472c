import { expect, it } from 'vitest';
import { sampleAttribution, sampleImports } from '#core/project/sample.ts';

it('names who made the pictures of the sample, and nobody where none of them is shown', async () => {
  const [archive] = sampleImports[0]!.paths;
  const paragraphs = await sampleAttribution([
    { path: '/own/cell.png' },
    { path: `${archive!}!/train/good/a.jpg` },
  ]);
  expect(paragraphs.join(' ')).toMatch(/CC BY 4\.0/);
  expect(paragraphs.join(' ')).toMatch(/Acevedo/);
  expect(paragraphs.join(' ')).not.toMatch(/[#`<>]/);
  expect(await sampleAttribution([{ path: '/own/blood-cells.zip!/a.jpg' }])).toEqual([]);
});
