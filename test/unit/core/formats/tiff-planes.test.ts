import { expect, test } from 'vitest';
import type { TiffPage } from '#core/formats/tiff-directory.ts';
import { chooseTiffPlanes } from '#core/formats/tiff-planes.ts';

function page(changes: Partial<TiffPage> = {}): TiffPage {
  return {
    index: 0,
    directory: 8,
    width: 40,
    height: 30,
    bits: [16],
    samples: 1,
    sampleFormat: 1,
    extraSamples: [],
    compression: 1,
    photometric: 1,
    planar: false,
    tiled: false,
    blockHeight: 30,
    blockWidth: 40,
    reduced: false,
    description: '',
    orientation: 1,
    xResolution: null,
    yResolution: null,
    ...changes,
  };
}

const imageJ = (...lines: string[]) => ['ImageJ=1.53c', ...lines].join('\n');
const ome = (pixels: string, images = 1) =>
  `<OME xmlns="x">${`<Image><Pixels ${pixels}/></Image>`.repeat(images)}</OME>`;
const three = (description: string) => [page({ description }), page(), page()];

test.each([
  ['one grey page', [page()], 1, 1],
  ['one RGB page', [page({ samples: 3, photometric: 2, bits: [8, 8, 8] })], 3, 1],
  ['RGB with alpha', [page({ samples: 4, photometric: 2, extraSamples: [2] })], 3, 1],
  ['a palette', [page({ photometric: 3, bits: [8] })], 3, 1],
  ['YCbCr', [page({ samples: 3, photometric: 6, bits: [8, 8, 8] })], 3, 1],
  ['a page with smaller copies', [page(), page({ width: 20, height: 15 })], 1, 1],
  ['a page with a mask of its size', [page(), page({ reduced: true })], 1, 1],
  ['three channels of ImageJ', three(imageJ('images=3', 'channels=3')), 3, 3],
  ['three channels of OME', three(ome('SizeC="3" SizeZ="1" SizeT="1"')), 3, 3],
] as const)('%s is an image', (_, pages, channels, planes) => {
  const chosen = chooseTiffPlanes(pages);
  expect({ channels: chosen.channels.length, planes: chosen.pages.length }).toEqual({
    channels,
    planes,
  });
});

test.each([
  ['pages of unknown meaning', three(''), /3 images \(it is not said what\)/],
  [
    'depths of ImageJ',
    three(imageJ('images=3', 'slices=3')),
    /3 images \(depths, times or channels\)/,
  ],
  [
    'a large stack of ImageJ',
    [page({ description: imageJ('images=400') })],
    /400 images \(an ImageJ stack\)/,
  ],
  ['depths of OME', three(ome('SizeC="1" SizeZ="3" SizeT="1"')), /depths, times or channels/],
  ['several images of OME', three(ome('SizeC="3"', 2)), /depths, times or channels/],
  ['two channels', [page({ description: imageJ('images=2', 'channels=2') }), page()], /2 channels/],
  ['five channels', [page({ samples: 5 })], /5 channels/],
  ['32-bit values', [page({ bits: [32] })], /32-bit values/],
  ['floating point', [page({ bits: [32], sampleFormat: 3 })], /floating-point/],
  ['mixed depths', [page({ samples: 3, photometric: 2, bits: [5, 6, 5] })], /5\/6\/5-bit/],
])('%s are refused in words', (_, pages, words) => {
  expect(() => chooseTiffPlanes(pages)).toThrow(words);
});

test.each([
  ['OME', ome('SizeC="1" PhysicalSizeX="0.25"'), null, 0.25],
  [
    'OME in both directions',
    ome('SizeC="1" PhysicalSizeX="0.25" PhysicalSizeY="0.5"'),
    ...([null, { x: 0.25, y: 0.5 }] as const),
  ],
  ['OME in nanometres', ome('SizeC="1" PhysicalSizeX="250" PhysicalSizeXUnit="nm"'), null, 0.25],
  ['OME in pixels', ome('SizeC="1" PhysicalSizeX="1" PhysicalSizeXUnit="pixel"'), null, null],
  ['Aperio', 'Aperio Image Library |AppMag = 20|MPP = 0.4990|', null, 0.499],
  ['ImageJ', imageJ('unit=micron'), 4, 0.25],
  ['ImageJ with an escaped unit', imageJ('unit=\\u00B5m'), 2, 0.5],
  ['ImageJ in inches', imageJ('unit=inch'), 300, null],
  ['nobody', '', 72, null],
])('the size of a pixel as %s says', (_, description, xResolution, size) => {
  const expected = typeof size === 'number' ? { x: size, y: size } : size;
  expect(chooseTiffPlanes([page({ description, xResolution })]).pixelSizeUm).toEqual(expected);
});

test('the size of a pixel may differ down', () => {
  const resolution = { xResolution: 4, yResolution: 2 };
  expect(
    chooseTiffPlanes([page({ description: imageJ('unit=micron'), ...resolution })]).pixelSizeUm,
  ).toEqual({ x: 0.25, y: 0.5 });
});

test('channels have the names of their file, or of their colours, or numbers', () => {
  const namesOf = (pages: readonly TiffPage[]) =>
    chooseTiffPlanes(pages).channels.map(({ name }) => name);
  const named = (...names: readonly string[]) =>
    '<OME><Image><Pixels SizeC="3" SizeZ="1" SizeT="1">' +
    names.map((name) => `<Channel Name="${name}"/>`).join('') +
    '<Channel ID="c"/></Pixels></Image></OME>';
  expect(namesOf(three(named('DAPI', 'GFP')))).toEqual(['DAPI', 'GFP', 'channel 3']);
  expect(namesOf(three(imageJ('images=3', 'channels=3')))).toEqual([
    ...['channel 1', 'channel 2', 'channel 3'],
  ]);
  expect(namesOf([page()])).toEqual(['grey']);
  expect(namesOf([page({ description: named('PI') })])).toEqual(['PI']);
  expect(namesOf([page({ samples: 3, photometric: 2, bits: [8, 8, 8] })])).toEqual([
    ...['red', 'green', 'blue'],
  ]);
});
