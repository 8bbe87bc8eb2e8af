import { analysisAnswer } from '../../api/analysis-answers.ts';
import type { AnalysisAnswer } from '../../api/analysis-answers.ts';
import type { WindowRequest } from '../../api/client.ts';
import { errorAnswer } from '../../api/contracts.ts';
import { createApi } from '../../api/http/create-api.ts';
import { readVersion } from '../../daemon/version.ts';
import { AirglowError, ERROR_CODES } from '../../errors.ts';
import type { ErrorCode } from '../../errors.ts';
import type { History } from '../../history/history.ts';

/** What the API answers of a record that no daemon has open, asked within this process. Raises as the API does. */
export async function answerFromRecord(
  history: History,
  target: string,
  { from, to }: WindowRequest,
): Promise<AnalysisAnswer> {
  const api = createApi({
    targets: { list: () => [], subscribe: () => () => {} },
    history,
    recorder: { health: () => ({ status: 'recording', message: '', queuedTicks: 0, lostTicks: 0 }) },
    access: { kind: 'loopback' },
    version: readVersion(),
    startedAtMs: Date.now(),
    now: Date.now,
    closing: new AbortController().signal,
    log: () => {},
  });
  const query = new URLSearchParams();
  if (from !== undefined) query.set('from', String(from));
  if (to !== undefined) query.set('to', String(to));
  const path = `http://localhost/api/targets/${encodeURIComponent(target)}/analysis?${query.toString()}`;
  // Whoever can open the record may read all of it.
  const response = await api.request(path, {}, { isOwner: true });
  const body: unknown = await response.json();
  if (response.ok) return analysisAnswer.parse(body);
  const { code, message } = errorAnswer.parse(body);
  throw new AirglowError(Object.hasOwn(ERROR_CODES, code) ? (code as ErrorCode) : 'NO_ANSWER', message);
}
