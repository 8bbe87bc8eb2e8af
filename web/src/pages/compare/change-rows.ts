import { useMemo } from 'react';
import type { StatementsAnswer, TopAnswer } from '../../../../src/api/answers.ts';
import type { Dimension } from '../../../../src/load/model.ts';
import { useStatements, useTop, type Selection } from '../../api/queries.ts';
import { differencesOf, type Difference, type Side } from './differences.ts';

export type Statistics = StatementsAnswer['statements'][number]['statistics'];

export interface Changes {
  /** A side of which nothing is recorded, which is not the same as no load: then nothing can be compared. */
  readonly missing: 'earlier' | 'this' | null;
  readonly rows: readonly Difference[];
  /** Of a statement, where something counts them. */
  readonly statisticsOf: (key: string) => { readonly before: Statistics; readonly after: Statistics };
}

/** The most that the API lists. */
const LIMIT = 100;

/** What changed by a dimension from the one selection to the other; null until both are answered. */
export function useChanges(before: Selection, after: Selection, dimension: Dimension, isOn: boolean) {
  const isSql = dimension === 'db.sql_tokenized';
  const [earlier, later] = [limited(before), limited(after)];
  const tops = [
    useTop(earlier, dimension, dimension, isOn && !isSql),
    useTop(later, dimension, dimension, isOn && !isSql),
  ] as const;
  const statements = [useStatements(earlier, isOn && isSql), useStatements(later, isOn && isSql)] as const;
  const [one, other] = isSql ? statements : tops;
  const [answerBefore, answerAfter] = [one.data, other.data];
  const changes = useMemo((): Changes | null => {
    if (answerBefore === undefined || answerAfter === undefined) return null;
    const [known, knownAfter] = [statisticsOf(answerBefore), statisticsOf(answerAfter)];
    return {
      missing: answerBefore.meta.aas === null ? 'earlier' : answerAfter.meta.aas === null ? 'this' : null,
      rows: differencesOf(sideOf(answerBefore), sideOf(answerAfter)),
      statisticsOf: (key) => ({ before: known.get(key) ?? null, after: knownAfter.get(key) ?? null }),
    };
  }, [answerBefore, answerAfter]);
  return { changes, error: one.error ?? other.error };
}

function limited(selection: Selection): Selection {
  return { ...selection, limit: LIMIT };
}

function sideOf(answer: TopAnswer | StatementsAnswer): Side {
  const rows =
    'rows' in answer
      ? answer.rows
      : answer.statements.map(({ sqlId, sql, aas }) => ({ key: sqlId, label: sql ?? sqlId, aas }));
  return { aas: answer.meta.aas ?? 0, rows, isCutOff: rows.length >= LIMIT };
}

function statisticsOf(answer: TopAnswer | StatementsAnswer): ReadonlyMap<string, Statistics> {
  if ('rows' in answer) return new Map();
  return new Map(answer.statements.map(({ sqlId, statistics }) => [sqlId, statistics]));
}
