// The keys of Review. Digits belong to the project's categories, so that the zoom has + − 0 and Z.

import type { Command } from '../../state/commands.svelte.ts';
import type { Desk } from './desk.svelte.ts';

export interface DeskPlaces {
  readonly isSingle: () => boolean;
  /** One by one, or the gallery. */
  readonly isJudging: () => boolean;
  readonly switchMode: () => void;
  readonly focusNote: () => void;
  readonly undoOrRedo: (how: 'undo' | 'redo') => void;
}

export function deskCommands(desk: Desk, places: DeskPlaces): Command[] {
  return [
    ...verdictCommands(desk, places),
    ...imageCommands(desk, places),
    ...stageCommands(desk, places),
    {
      id: 'review-mode',
      title: 'One by one, or gallery',
      section: 'Review',
      keys: 'G',
      run: places.switchMode,
    },
    {
      id: 'review-blind',
      title: 'Blind reading on or off',
      section: 'Review',
      run: () => desk.toggleBlind(),
    },
    ...(['undo', 'redo'] as const).map((how): Command => ({
      id: how,
      title: how === 'undo' ? 'Undo' : 'Redo',
      section: 'Edit',
      keys: how === 'undo' ? 'Mod+Z' : 'Mod+Shift+Z',
      ...(how === 'redo' && { otherKeys: 'Mod+Y' }),
      run: () => places.undoOrRedo(how),
    })),
  ];
}

function verdictCommands(desk: Desk, { isJudging, isSingle }: DeskPlaces): Command[] {
  const verdicts = (['normal', 'anomalous', 'unsure'] as const).map((verdict): Command => ({
    id: `judge-${verdict}`,
    title: `Judge ${verdict} and continue`,
    section: 'Review',
    keys: verdict[0]!.toUpperCase(),
    isEnabled: isJudging,
    run: () => desk.judge(verdict, null, !isSingle()),
  }));
  const categories = (desk.categories.value ?? []).map(({ name, verdict }, at): Command => ({
    id: `judge-category-${at + 1}`,
    title: `Judge “${name}” (${verdict}) and continue`,
    section: 'Review',
    keys: String(at + 1),
    isEnabled: isJudging,
    run: () => desk.judge(verdict, name, !isSingle()),
  }));
  return [...verdicts, ...categories];
}

function imageCommands(desk: Desk, { isSingle, focusNote }: DeskPlaces): Command[] {
  return [
    ...(
      [
        ['Previous image', 'ArrowLeft', -1],
        ['Next image', 'ArrowRight', 1],
      ] as const
    ).map(([title, keys, step]): Command => ({
      id: `review-${keys}`,
      ...{ title, keys, section: 'Review' },
      // The gallery handles its own arrow keys.
      isEnabled: isSingle,
      run: () => desk.move(step),
    })),
    {
      id: 'review-note',
      title: 'Write a note',
      section: 'Review',
      keys: 'M',
      isEnabled: isSingle,
      run: focusNote,
    },
  ];
}

function stageCommands(desk: Desk, { isSingle }: DeskPlaces): Command[] {
  const { stage } = desk;
  return (
    [
      ['zoom-in', 'Zoom in (wheel: at the pointer)', 'Plus', () => stage.zoomBy(1), '='],
      ['zoom-out', 'Zoom out', '-', () => stage.zoomBy(-1)],
      ['zoom-fit', 'Show the whole picture', '0', () => stage.fit()],
      ['zoom-1', '1:1, a screen pixel for each pixel', 'Z', () => stage.toggleOneToOne()],
      [
        'compare',
        'Hold the nearest normal beside the picture',
        'C',
        () => (desk.isComparing = !desk.isComparing),
      ],
      ['full', 'Full screen', 'Space', () => (desk.isFull = !desk.isFull)],
    ] as const
  ).map(([id, title, keys, run, otherKeys]): Command => ({
    id: `review-${id}`,
    ...{ title, keys, section: 'Review' },
    ...(otherKeys === undefined ? {} : { otherKeys }),
    isEnabled: isSingle,
    run: () => void run(),
  }));
}
