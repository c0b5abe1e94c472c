// Comparisons of methods in the catalogue. Ids are given once.

import type { ComparisonPlan, ComparisonResult } from '#contract/comparison.ts';
import type { Query, Reader, Writer } from '../database.ts';

export interface StoredComparison {
  readonly id: number;
  readonly createdAt: string;
  readonly plan: ComparisonPlan;
  /** null until it is finished. */
  readonly result: ComparisonResult | null;
}

interface Row {
  readonly id: number;
  readonly createdAt: string;
  readonly plan: string;
  readonly result: string | null;
}

const select = 'select id, created_at createdAt, plan, result from method_comparison';
const all: Query<Row> = `${select} order by id desc`;
const byId: Query<Row> = `${select} where id = ?`;

/** The newest first. */
export function listComparisons(reader: Reader): StoredComparison[] {
  return reader.all(all).map(fromRow);
}

export function findComparison(reader: Reader, id: number): StoredComparison | undefined {
  const row = reader.get(byId, id);
  return row && fromRow(row);
}

export function addComparison(writer: Writer, plan: ComparisonPlan, now: string): number {
  const sql = 'insert into method_comparison (created_at, plan) values (?, ?)';
  return writer.run(sql, now, JSON.stringify(plan)).id;
}

export function setComparisonResult(writer: Writer, id: number, result: ComparisonResult): void {
  const sql = 'update method_comparison set result = ? where id = ?';
  writer.run(sql, JSON.stringify(result), id);
}

export function deleteComparison(writer: Writer, id: number): void {
  writer.run('delete from method_comparison where id = ?', id);
}

function fromRow({ plan, result, ...row }: Row): StoredComparison {
  return {
    ...row,
    plan: JSON.parse(plan) as ComparisonPlan,
    result: result === null ? null : (JSON.parse(result) as ComparisonResult),
  };
}
