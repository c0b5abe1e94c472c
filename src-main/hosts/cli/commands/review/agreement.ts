// `normscope agreement`: how far two reviewers agree on the images that both have judged.

import type { Agreement, Reading } from '#contract/reviewing/agreement.ts';
import { count, counted, part, percent } from '#domain/figures.ts';
import { Failure } from '#domain/failure.ts';
import { printable } from '#domain/printable.ts';
import { command, projectArgument } from '../../command.ts';
import { table, type Column } from '../../output/table.ts';
import { withProject, type CoreClient } from '../../project.ts';

/** Disagreements that are printed; --json has all. */
const mostShown = 50;

export const agreement = command({
  summary: 'Measures how far two reviewers agree, and lists the images they judged differently',
  about: [
    "Compares two reviewers' own verdicts (normal, anomalous or unsure) on the images that both have judged; " +
      'a verdict that settles a disagreement is neither’s. Without --first and --second the two who judged most.',
    "Cohen's kappa (Cohen 1960) is the agreement beyond chance: (observed − expected) / (1 − expected), where " +
      'expected is what two reviewers with these shares of verdicts would agree on by chance. 1 is full ' +
      'agreement, 0 is chance. The 95 % interval uses the large-sample variance of Fleiss, Cohen and Everitt ' +
      '(1969), and is too narrow for fewer than about 30 images.',
  ],
  arguments: { project: projectArgument },
  options: {
    dataset: {
      kind: 'text',
      placeholder: 'NAME',
      meaning: 'the dataset that was reviewed',
      required: true,
    },
    first: {
      kind: 'text',
      placeholder: 'NAME',
      meaning: 'one reviewer, as stored with the verdicts',
    },
    second: { kind: 'text', placeholder: 'NAME', meaning: 'the other reviewer' },
  },
  examples: [
    {
      words: 'agreement Cells.normscope --dataset cells',
      meaning: 'Kappa with its interval, a table of both verdicts, and the disagreements.',
    },
    {
      words: 'agreement Cells.normscope --dataset cells --first Ann --second Ben --json',
      meaning: 'The same of these two, unrounded and with every disagreement, for a script.',
    },
  ],
  run: async ({ project, dataset, first, second }, shell) => {
    const found = await withProject(shell, project, {}, async (client) => {
      const reviewers = await chosen(client, dataset, first, second);
      return await client.call('reviews.agreement', { dataset, reviewers });
    });
    shell.answer(found);
    shell.say(...agreementLines(dataset, found));
    return 0;
  },
});

async function chosen(
  client: CoreClient,
  dataset: string,
  first: string | undefined,
  second: string | undefined,
): Promise<[string, string]> {
  const known = (await client.call('reviews.reviewers', { dataset })).map(
    ({ reviewer }) => reviewer,
  );
  const one = first ?? known.find((name) => name !== second);
  const other = second ?? known.find((name) => name !== one);
  if (one === undefined || other === undefined) {
    throw new Failure(
      'bad-input',
      `Agreement needs two reviewers, and ${counted(known.length, 'person')} judged images of ` +
        `"${printable(dataset)}". Let a second reviewer judge the same images: Review, with Blind on.`,
    );
  }
  const unknown = [one, other].find((name) => !known.includes(name));
  if (unknown === undefined) return [one, other];
  throw new Failure(
    'bad-input',
    `"${printable(unknown)}" judged no image of "${printable(dataset)}". Reviewers are: ` +
      `${known.map(printable).join(', ')}.`,
  );
}

const cells: readonly Column[] = [
  { title: '' },
  { title: 'normal', align: 'right' },
  { title: 'anomalous', align: 'right' },
  { title: 'unsure', align: 'right' },
];

export function agreementLines(dataset: string, found: Agreement): readonly string[] {
  const { reviewers, images, agreed, kappa, kappa95, disagreements } = found;
  const [first, second] = reviewers.map(printable) as [string, string];
  const of = `${first} and ${second} on "${printable(dataset)}"`;
  if (images === 0) return [`${of}: no image that both have judged.`];
  const open = disagreements.filter(({ resolved }) => resolved === null).length;
  const rows = ['normal', 'anomalous', 'unsure'].map((name, at) => [
    name,
    ...found.table[at]!.map((value) => count(value)),
  ]);
  const measure =
    kappa === null || kappa95 === null
      ? 'Kappa is not defined: both gave one and the same verdict on every image.'
      : `Cohen's kappa ${part(kappa)} (95 % interval ${part(kappa95[0])} to ${part(kappa95[1])}).`;
  return [
    `${of}: ${counted(images, 'image')} judged by both, ${count(agreed)} alike (${percent(agreed / images)}).`,
    measure,
    '',
    ...table([{ ...cells[0]!, title: `${first} \\ ${second}` }, ...cells.slice(1)], rows),
    ...(disagreements.length === 0
      ? []
      : ['', `${counted(disagreements.length, 'disagreement')}, ${count(open)} not settled:`]),
    ...table(
      [{ title: 'image' }, { title: first }, { title: second }, { title: 'settled' }],
      disagreements
        .slice(0, mostShown)
        .map(({ path, readings: [one, other], resolved }) => [
          ...[path, words(one), words(other)],
          resolved === null ? '' : `${resolved.verdict} by ${resolved.by}`,
        ]),
    ).slice(disagreements.length === 0 ? 1 : 0),
    ...(disagreements.length > mostShown
      ? [`and ${count(disagreements.length - mostShown)} more; --json lists all.`]
      : []),
  ];
}

function words({ verdict, category }: Reading): string {
  return category === null ? verdict : `${verdict}, ${category}`;
}
