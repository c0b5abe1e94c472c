// Every shift transform: its name, what it does, and its own parameters with their ranges. The
// window, the command line and ml read this table; the pixel operations are in ml/shifts.

import { Failure } from './failure.ts';
import { nearestName } from './nearest-name.ts';

export interface ShiftParameter {
  readonly title: string;
  readonly min: number;
  readonly max: number;
  readonly step: number;
  readonly standard: number;
  /** For users: the meaning of both ends. */
  readonly meaning: string;
}

interface ShiftEntry {
  readonly title: string;
  /** For users: its effect on the picture. */
  readonly meaning: string;
  /** Beside the strength, which every shift has. */
  readonly parameters: Readonly<Record<string, ShiftParameter>>;
}

/** 0 … 1: how far a shift goes inside its range. */
export const strengthParameter: ShiftParameter = {
  title: 'Strength',
  min: 0,
  max: 1,
  step: 0.05,
  standard: 0.5,
  meaning: '0 is the mildest change that still shows, 1 the strongest',
};

const parameter = (
  title: string,
  [min, max, step]: readonly [number, number, number],
  standard: number,
  meaning: string,
): ShiftParameter => ({ title, min, max, step, standard, meaning });

export const shiftTable = {
  rotate: {
    title: 'Turn',
    meaning: 'turned by a quarter, half or three-quarter turn; no outlier for round cells',
    parameters: {},
  },
  flip: {
    title: 'Mirror image',
    meaning: 'mirror image, left–right or upside down; an outlier only where handedness matters',
    parameters: {},
  },
  jigsaw: {
    title: 'Jigsaw',
    meaning: 'cut into 2×2 or 3×3 tiles that change places',
    parameters: {},
  },
  stitch: {
    title: 'Stitch',
    meaning: 'one side is another normal image, joined at a straight seam',
    parameters: {},
  },
  'cut-mix': {
    title: 'Cut and mix',
    meaning: 'a large square of another normal image pasted in',
    parameters: {},
  },
  'own-cell-mix': {
    title: 'Mix inside the cell',
    meaning:
      'part of the cell replaced by the inside of another normal cell; its outline and the background stay',
    parameters: {},
  },
  mixup: {
    title: 'Double exposure',
    meaning: 'another normal image shines through',
    parameters: {},
  },
  'cut-out': {
    title: 'Blanked square',
    meaning: 'a square filled with its own mean colour',
    parameters: {},
  },
  'small-paste': {
    title: 'Small paste',
    meaning: 'a small patch, 1 to 6 % of the area, from another normal image or another place',
    parameters: {},
  },
  'texture-swap': {
    title: 'Other texture',
    meaning:
      'the fine structure of another normal image in the picture’s own colours: pixels only change places',
    parameters: {},
  },
  swirl: {
    title: 'Swirl',
    meaning: 'twisted around a point and pulled in waves, as if the specimen were elastic',
    parameters: {
      waves: parameter(
        'Waves',
        [0, 1, 0.05],
        0.5,
        '0 only twists, 1 pulls in strong waves as well',
      ),
    },
  },
  defocus: { title: 'Out of focus', meaning: 'out of focus: blurred', parameters: {} },
  'sharpen-ring': {
    title: 'Sharpening rings',
    meaning: 'sharpened too far: dark and bright rings around every edge',
    parameters: {
      radius: parameter(
        'Radius',
        [0.5, 3, 0.1],
        1,
        'how wide the rings are, in pixels of a view of 32 pixels',
      ),
    },
  },
  noise: {
    title: 'Grain',
    meaning: 'grain added to every pixel',
    parameters: {
      colour: parameter(
        'Colour',
        [0, 1, 0.05],
        1,
        '0 is the same grain in every channel, 1 independent grain in each',
      ),
    },
  },
  jpeg: {
    title: 'JPEG blocks',
    meaning: 'saved as a JPEG file of poor quality: blocks of 8 × 8 pixels, ripples at edges',
    parameters: {},
  },
  dust: {
    title: 'Dust and fibres',
    meaning: 'specks and thin fibres lie on the specimen',
    parameters: {
      specks: parameter('Specks', [0, 12, 1], 3, 'how many specks at most; at least one of all'),
      fibres: parameter('Fibres', [0, 4, 1], 1, 'how many fibres at most'),
    },
  },
  'missing-half': {
    title: 'Missing half',
    meaning: 'one side of the picture shows nothing but the colour of its border',
    parameters: {},
  },
  'stain-matrix': {
    title: 'Other stain',
    meaning: 'the stains absorb differently and mix into each other, as from another laboratory',
    parameters: {
      mixing: parameter(
        'Mixing',
        [0, 1, 0.05],
        0.5,
        '0 makes stains stronger or weaker, 1 mixes them into each other as well',
      ),
    },
  },
  'stain-transfer': {
    title: 'Stain of another image',
    meaning: 'each channel stained as strongly as in another normal image, or beyond it',
    parameters: {},
  },
  'channel-swap': {
    title: 'Swapped channels',
    meaning: 'colour channels in another order; grey pictures become negatives',
    parameters: {},
  },
  gamma: {
    title: 'Gamma',
    meaning: 'middle tones brighter or darker, black and white as they were',
    parameters: {
      towards: parameter(
        'Towards',
        [-1, 1, 1],
        0,
        '−1 always brighter, 1 always darker, 0 either by chance',
      ),
    },
  },
  'uneven-light': {
    title: 'Uneven light',
    meaning: 'darker towards one side or the corners, as under a lamp that is not centred',
    parameters: {
      corners: parameter(
        'Corners',
        [0, 1, 0.05],
        0.3,
        '0 darkens one side, 1 darkens the corners alone',
      ),
    },
  },
} as const satisfies Record<string, ShiftEntry>;

export type ShiftName = keyof typeof shiftTable;
export const shiftNames = Object.keys(shiftTable) as readonly ShiftName[];

/** Throws `unknown-option` with the nearest right name. */
export function parseShiftName(name: string): ShiftName {
  const known = shiftNames.find((shift) => shift === name);
  if (known) return known;
  const nearest = nearestName(name, shiftNames);
  throw new Failure('unknown-option', `There is no shift transform "${name}"${nearest}.`);
}

/**
 * All parameters of a shift, with the standard values where none is given. Throws
 * `unknown-option` with the nearest right name, or `bad-input` with the range.
 */
export function shiftParameters(
  name: ShiftName,
  given: Readonly<Record<string, number>> = {},
): Readonly<Record<string, number>> {
  const known: Readonly<Record<string, ShiftParameter>> = shiftTable[name].parameters;
  for (const [key, value] of Object.entries(given)) {
    if (!Object.hasOwn(known, key)) {
      const nearest = nearestName(key, Object.keys(known));
      throw new Failure(
        'unknown-option',
        `The shift transform "${name}" has no parameter "${key}"${nearest}.`,
      );
    }
    const { min, max, meaning } = known[key]!;
    if (value >= min && value <= max) continue;
    throw new Failure(
      'bad-input',
      `${key} of the shift transform "${name}" is a number from ${min} to ${max} (${meaning}), ` +
        `not ${value}.`,
    );
  }
  return Object.fromEntries(
    Object.entries(known).map(([key, { standard }]) => [key, given[key] ?? standard]),
  );
}
