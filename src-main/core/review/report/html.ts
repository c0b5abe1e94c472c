// HTML written as templates in which everything inserted is text, unless it is HTML written the same
// way. The only file of the report that escapes text.

import { printable } from '#domain/printable.ts';

/** A piece of HTML; only `html` creates one, so that no string is taken for HTML. */
export class Html {
  readonly text: string;

  constructor(strings: readonly string[], values: readonly Insertable[]) {
    this.text = strings.reduce((text, next, i) => text + inserted(values[i - 1]) + next);
  }
}

type Insertable = Html | string | number | undefined | readonly Html[];

/** Inserts strings and numbers as text (also safe inside quoted attributes), `undefined` as nothing. */
export function html(strings: TemplateStringsArray, ...values: readonly Insertable[]): Html {
  return new Html(strings, values);
}

function inserted(value: Insertable): string {
  if (value === undefined) return '';
  if (value instanceof Html) return value.text;
  if (typeof value === 'object') return value.map(({ text }) => text).join('');
  return escape(printable(String(value)));
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function escape(text: string): string {
  return text.replace(/[&<>"']/g, (found) => entities[found]!);
}
