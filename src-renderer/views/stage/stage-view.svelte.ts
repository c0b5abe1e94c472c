// Zoom and place of one picture, or of several that are compared: all stages of a view show the same part at the
// same scale. Kept from picture to picture.

import { SvelteMap } from 'svelte/reactivity';

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** A stage and what it shows. Widths and heights in screen pixels. */
export interface StageBox {
  readonly stageWidth: number;
  readonly stageHeight: number;
  /** At a scale of 1. */
  readonly width: number;
  readonly height: number;
}

/** Screen pixels per pixel of the image. */
const mostScale = 64;
const step = 1.5;

export class StageView {
  /** Screen pixels per pixel; undefined shows the whole picture. */
  #scale = $state<number>();
  /** The part of the picture in the middle of the stage, each 0 … 1. */
  #centre = $state.raw<Point>({ x: 0.5, y: 0.5 });
  readonly #boxes = new SvelteMap<string, StageBox>();
  /** The scale at which every stage shows its whole picture. */
  readonly #fit = $derived.by(() => {
    const fits = [...this.#boxes.values()].map(fitOf).filter((fit) => fit > 0);
    return fits.length === 0 ? 1 : Math.min(...fits);
  });

  get scale(): number {
    return this.#scale ?? this.#fit;
  }
  get isWhole(): boolean {
    return this.#scale === undefined;
  }
  /** Whether there is more than the stage shows. */
  get isMovable(): boolean {
    return this.scale > this.#fit;
  }

  /** A stage is there, or shows something else. */
  place(id: string, box: StageBox): void {
    this.#boxes.set(id, box);
  }
  leave(id: string): void {
    this.#boxes.delete(id);
  }

  /** The offset of the picture's middle from the stage's, screen pixels. */
  offset(box: StageBox): Point {
    const { x, y } = inside(this.#centre, box, this.scale);
    return { x: (0.5 - x) * box.width * this.scale, y: (0.5 - y) * box.height * this.scale };
  }

  /** Shows the whole picture. */
  fit(): void {
    this.#scale = undefined;
    this.#centre = { x: 0.5, y: 0.5 };
  }

  /** One screen pixel for each pixel of the image; the whole picture again when it is so already. */
  toggleOneToOne(): void {
    if (this.#scale === 1) this.fit();
    else this.#zoom(1, { x: 0, y: 0 }, this.#first());
  }

  zoomBy(steps: number): void {
    this.#zoom(this.scale * step ** steps, { x: 0, y: 0 }, this.#first());
  }

  /** What is under `about` (from the stage's middle, screen pixels) stays there. */
  zoomAt(scale: number, about: Point, box: StageBox): void {
    this.#zoom(scale, about, box);
  }

  /** By screen pixels. */
  move(byX: number, byY: number, box: StageBox): void {
    const { x, y } = inside(this.#centre, box, this.scale);
    const moved = {
      x: x - byX / (box.width * this.scale),
      y: y - byY / (box.height * this.scale),
    };
    this.#centre = inside(moved, box, this.scale);
  }

  #first(): StageBox | undefined {
    return [...this.#boxes.values()][0];
  }

  #zoom(wanted: number, about: Point, box: StageBox | undefined): void {
    if (box === undefined) return;
    const least = Math.min(1, this.#fit);
    // The whole picture is one of the steps on the way out.
    const isPast = wanted < this.#fit && this.scale > this.#fit;
    if (isPast || wanted <= least) {
      if (isPast || this.#fit <= 1) this.fit();
      else this.#scale = least;
      return;
    }
    const scale = Math.min(Math.max(mostScale, this.#fit), wanted);
    const { x, y } = inside(this.#centre, box, this.scale);
    const kept = {
      x: x + about.x / (box.width * this.scale) - about.x / (box.width * scale),
      y: y + about.y / (box.height * this.scale) - about.y / (box.height * scale),
    };
    this.#scale = scale;
    this.#centre = inside(kept, box, scale);
  }
}

function fitOf({ stageWidth, stageHeight, width, height }: StageBox): number {
  return Math.min(stageWidth / Math.max(1, width), stageHeight / Math.max(1, height));
}

/** No stage shows emptiness on one side while the other side of the picture is cut. */
function inside(centre: Point, box: StageBox, scale: number): Point {
  const clamp = (at: number, stage: number, size: number) => {
    const half = stage / (2 * size * scale);
    return half >= 0.5 ? 0.5 : Math.min(1 - half, Math.max(half, at));
  };
  return {
    x: clamp(centre.x, box.stageWidth, box.width),
    y: clamp(centre.y, box.stageHeight, box.height),
  };
}
