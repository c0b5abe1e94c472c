import { describe, expect, it } from 'vitest';
import { ProgressLine, progressText, type Screen } from '#hosts/cli/output/progress.ts';

class FakeScreen implements Screen {
  readonly isTerminal: boolean;
  readonly columns = 60;
  text = '';
  constructor(isTerminal: boolean) {
    this.isTerminal = isTerminal;
  }
  write(text: string): void {
    this.text += text;
  }
}

describe('progressText', () => {
  const moment = { title: 'Importing', unit: 'images', done: 1200, total: 10_000, speed: 240 };

  it('shows done, total, rate and time left behind a bar that fits', () => {
    const text = progressText(moment, 80);
    expect(text).toBe(
      'Importing [###-------------------] 1,200/10,000 images  240 images/s  37 s left',
    );
    expect(text.length).toBeLessThan(80);
  });

  it('leaves the bar out on a narrow terminal, and cuts what still does not fit', () => {
    expect(progressText(moment, 64)).toBe('Importing 1,200/10,000 images  240 images/s  37 s left');
    expect(progressText(moment, 20)).toBe('Importing 1,200/10,');
  });

  it('keeps the time left on a narrow terminal and leaves out what matters least', () => {
    const details = ['loss 2.397', 'norm 9.23, outliers 8.92', '133 images/s'];
    const step = { title: 'Training', unit: 'steps', done: 73, total: 5000, speed: 7.7, details };
    const [wide, usual, narrow] = [110, 80, 60].map((columns) => progressText(step, columns));
    expect(wide).toBe(
      'Training [-------------] 73/5,000 steps  loss 2.397  norm 9.23, outliers 8.92  133 images/s  ' +
        '10 min 40 s left',
    );
    expect(usual).toBe(
      'Training 73/5,000 steps  loss 2.397  norm 9.23, outliers 8.92  10 min 40 s left',
    );
    expect(narrow).toBe('Training 73/5,000 steps  loss 2.397  10 min 40 s left');
  });

  it('writes a plain line without a bar where there is no terminal', () => {
    expect(progressText(moment, null)).toBe(
      'Importing: 1,200/10,000 images  240 images/s  37 s left',
    );
  });

  it('says what it knows while total and rate are unknown', () => {
    const early = { title: 'Importing', unit: 'images', done: 0, total: null, speed: null };
    expect(progressText({ ...early, details: ['Looking for\nimages'] }, 80)).toBe(
      'Importing Looking for\\nimages',
    );
    expect(progressText({ ...early, done: 7 }, 80)).toBe('Importing 7 images');
  });

  it('shows a bar that is full when there is nothing to do', () => {
    expect(progressText({ ...moment, done: 0, total: 0, speed: null }, 60)).toContain('[####');
  });
});

describe('ProgressLine', () => {
  it('redraws one line on a terminal at most ten times a second, by the clock it was given', () => {
    let now = 0;
    const screen = new FakeScreen(true);
    const line = new ProgressLine(screen, 'Scoring', () => now);
    for (; now <= 1000; now += 20) line.update({ done: now / 20, total: 100, unit: 'images' });
    const drawn = screen.text.split('\r\x1b[K');
    expect(drawn).toHaveLength(11);
    expect(drawn[0]).toBe('Scoring [------------------------] 0/100 images');
    expect(drawn.at(-1)).toBe('Scoring [######------] 50/100 images  50 images/s  1 s left');
    line.end();
    expect(screen.text.endsWith('\r\x1b[K')).toBe(true);
  });

  it('writes a plain line every five seconds elsewhere', () => {
    let now = 0;
    const screen = new FakeScreen(false);
    const line = new ProgressLine(screen, 'Scoring', () => now);
    for (; now <= 11_000; now += 100) line.update({ done: now / 100, total: 200, unit: 'images' });
    line.end();
    expect(screen.text.split('\n')).toEqual([
      'Scoring: 0/200 images',
      'Scoring: 50/200 images  10 images/s  15 s left',
      'Scoring: 100/200 images  10 images/s  10 s left',
      '',
    ]);
  });

  it('writes plain lines less often the longer the work goes on, up to a minute', () => {
    let now = 0;
    const screen = new FakeScreen(false);
    const line = new ProgressLine(screen, 'Training', () => now);
    for (; now <= 3_600_000; now += 1000) line.update({ done: now / 1000, total: 7200, unit: 's' });
    const at = screen.text.match(/\d[\d,]*(?=\/)/g)!.map((text) => Number(text.replace(',', '')));
    const pauses = at.slice(1).map((seconds, i) => seconds - at[i]!);
    expect([pauses[0], pauses.at(-1)]).toEqual([5, 60]);
    expect(at.length).toBeLessThan(130);
  });

  it('says nothing before there is anything to say', () => {
    const screen = new FakeScreen(false);
    const line = new ProgressLine(screen, 'Importing', () => 0);
    line.update({ done: 0, total: null, unit: 'files' });
    line.update({ done: 0, total: null, unit: 'files', details: ['Looking for images'] });
    expect(screen.text).toBe('Importing: Looking for images\n');
  });

  it('follows the rate of the last seconds, not of the whole', () => {
    let now = 0;
    const screen = new FakeScreen(false);
    const line = new ProgressLine(screen, 'Scoring', () => now);
    line.update({ done: 0, total: 10_000, unit: 'images' });
    for (const [at, done] of [
      [20_000, 2000],
      [30_000, 2100],
      [40_000, 2200],
    ] as const) {
      now = at;
      line.update({ done, total: 10_000, unit: 'images' });
    }
    expect(screen.text.trim().split('\n').at(-1)).toContain('10 images/s  13 min 0 s left');
  });

  it('begins a new rate when another part of the work begins', () => {
    let now = 0;
    const screen = new FakeScreen(true);
    const line = new ProgressLine(screen, 'Training', () => now);
    line.update({ done: 0, total: 100, unit: 'images' });
    now = 10_000;
    line.update({ done: 90, total: 100, unit: 'images' });
    now = 11_000;
    line.update({ done: 1, total: 300, unit: 'steps' });
    expect(screen.text.split('\r\x1b[K').at(-1)).toBe(
      'Training [------------------------] 1/300 steps',
    );
  });

  it('keeps lines that are said apart from the live line', () => {
    const screen = new FakeScreen(true);
    const line = new ProgressLine(screen, 'Training', () => 0);
    line.update({ done: 1, total: null, unit: 'steps' });
    line.say('Warning: both norms are near zero');
    line.end();
    expect(screen.text).toBe(
      'Training 1 steps\r\x1b[KWarning: both norms are near zero\nTraining 1 steps\r\x1b[K',
    );
  });
});
