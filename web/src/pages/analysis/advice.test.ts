import { expect, it } from 'vitest';
import { splitAdvice } from './advice.ts';

it('finds the command in a piece of advice', () => {
  const texts = [
    'Should it still be there, end it: SELECT pg_terminate_backend(7700)',
    "Have the server end such sessions: ALTER ROLE ... SET idle_in_transaction_session_timeout = '60s'",
    'Lower the minimum: airglow cluster modify shop --min-capacity 0.5',
    'See why it cannot be observed: airglow cluster explain shop, and the log of airglow up.',
    'Where the last few commits may be lost in a crash: SET synchronous_commit = off, for those transactions only.',
    'Check the storage: iostat -x 1 shows its latency and whether it is at its limit.',
  ];
  expect(texts.map(splitAdvice).map(({ command, rest }) => [command, rest])).toEqual([
    ['SELECT pg_terminate_backend(7700)', ''],
    ["ALTER ROLE ... SET idle_in_transaction_session_timeout = '60s'", ''],
    ['airglow cluster modify shop --min-capacity 0.5', ''],
    ['airglow cluster explain shop', ', and the log of airglow up.'],
    ['SET synchronous_commit = off', ', for those transactions only.'],
    ['iostat -x 1', ' shows its latency and whether it is at its limit.'],
  ]);
});

it('leaves other advice as it is', () => {
  const texts = [
    'Look at its plan with EXPLAIN (ANALYZE, BUFFERS): a missing index or a changed plan shows there.',
    'Commit before waiting for a person, another service or a queue.',
    'Make it cheaper, beginning with EXPLAIN (ANALYZE, BUFFERS): select p.category, count(*) from ...',
  ];
  expect(texts.map(splitAdvice)).toEqual(texts.map((words) => ({ words, command: null, rest: '' })));
});
