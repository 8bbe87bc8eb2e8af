import { AirglowError } from '../../errors.ts';
import { counterQuestions } from './sql/counters.ts';
import type { CounterQuestion } from './sql/counters.ts';
import type { Link } from './link.ts';
import type { StatementCounters } from './statement-counters.ts';
import type { Counter } from '../engine.ts';

type Question = () => Promise<readonly Counter[]>;

/** Asks one question after another; one that the server forbids or does not know is not asked again. */
export class CounterReader {
  readonly #questions: Set<Question>;

  constructor(link: Link, versionNumber: number, statements: StatementCounters | null) {
    const questions = counterQuestions(versionNumber).map(
      (question) => async () => toCounters(question, await link.run(question.statement)),
    );
    this.#questions = new Set(statements ? [...questions, () => statements.read()] : questions);
  }

  async read(): Promise<readonly Counter[]> {
    const counters: Counter[] = [];
    for (const question of this.#questions) {
      try {
        counters.push(...(await question()));
      } catch (error) {
        if (!(error instanceof AirglowError)) throw error;
        if (error.code === 'CONNECTION_LOST' || error.code === 'NO_ANSWER') throw error;
        if (error.code !== 'STATEMENT_TIMEOUT') this.#questions.delete(question);
      }
    }
    return counters;
  }
}

function toCounters({ metrics, kind, hasTotal }: CounterQuestion, rows: readonly unknown[][]): Counter[] {
  const totals = metrics.map(() => 0);
  const counters: Counter[] = [];
  for (const [key, ...values] of rows as [string, ...(number | null)[]][]) {
    metrics.forEach((metric, i) => {
      const value = values[i];
      if (value === null || value === undefined) return;
      counters.push({ metric, key, value, kind });
      totals[i] = (totals[i] ?? 0) + value;
    });
  }
  if (hasTotal && rows.length > 0) {
    metrics.forEach((metric, i) => counters.push({ metric, key: '', value: totals[i] ?? 0, kind }));
  }
  return counters;
}
