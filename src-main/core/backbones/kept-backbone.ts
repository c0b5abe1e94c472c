// A backbone on the disk: an ONNX file and its card.

import { readFile, stat } from 'node:fs/promises';
import { backboneCard, type BackboneCard } from '#worker/files/backbone-card.ts';

export interface Backbone {
  readonly card: BackboneCard;
  /** The ONNX file, absolute. */
  readonly path: string;
  /** Of the ONNX file. */
  readonly bytes: number;
  /** Whether it comes with Normscope; otherwise the user has added it. */
  readonly bundled: boolean;
}

/** A card that cannot be used, and why. */
export interface BrokenBackbone {
  readonly name: string;
  readonly fault: string;
}

/** `modelPath`: where the ONNX file of the card is. Its contents are checked when they are used. */
export async function readKept(
  name: string,
  bundled: boolean,
  cardPath: string,
  modelPath: (card: BackboneCard) => string,
): Promise<Backbone | BrokenBackbone> {
  let card: BackboneCard;
  try {
    card = backboneCard.parse(JSON.parse(await readFile(cardPath, 'utf8')));
  } catch {
    return { name, fault: `its card ${cardPath} is damaged.` };
  }
  if (card.name !== name) return { name, fault: `its card is that of "${card.name}".` };
  const path = modelPath(card);
  const found = await stat(path).catch(() => undefined);
  return found
    ? { card, path, bytes: found.size, bundled }
    : { name, fault: `its file ${path} is missing.` };
}
