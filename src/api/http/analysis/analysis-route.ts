import { analyse } from '../../../analysis/analyse.ts';
import { loadOfWindow } from '../../../analysis/summary.ts';
import { analysisQuery } from '../../contracts.ts';
import type { AnalysisAnswer } from '../../contracts.ts';
import { gatherAnalysisInput } from './analysis-input.ts';
import type { Api, ApiParts } from '../api-parts.ts';
import type { QueryGate } from '../query-gate.ts';
import { readQuery, readWindow } from '../query.ts';
import { requireKnown } from '../targets-known.ts';

/**
 * `GET /api/targets/:target/analysis`: findings about a window. Who may not read the text of SQL is answered, too: then
 * statements are named by their digests.
 */
export function addAnalysisRoute(api: Api, parts: ApiParts, gate: QueryGate): void {
  api.get('/api/targets/:target/analysis', async (context) => {
    const window = readWindow(readQuery(context, analysisQuery), parts.now());
    const known = await requireKnown(parts, context.req.param('target'));
    const withTexts = context.get('isTrusted');
    const input = await gatherAnalysisInput(parts, gate, { known, window, withTexts });
    const { summary, findings } = analyse(input);
    const { baseline } = input;
    const answer: AnalysisAnswer = {
      meta: {
        target: known.target,
        ...window,
        coveredSeconds: input.coveredMs.reduce((sum, ms) => sum + ms, 0) / 1000,
        aas: loadOfWindow(input),
        baseline: baseline && {
          fromMs: baseline.fromMs,
          toMs: baseline.toMs,
          coveredSeconds: baseline.coveredSeconds,
          aas: baseline.aas,
        },
      },
      summary: [...summary],
      findings: [...findings],
    };
    return context.json(answer);
  });
}
