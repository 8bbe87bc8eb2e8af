import { writeFileSync } from 'node:fs';

/** Counts tests for scripts/test.mjs, keeps what failed, and says out loud what was skipped and why. */
export default class TallyReporter {
  #tally = { passed: 0, failed: 0, skipped: 0, failures: [] };

  onTestCaseResult(test) {
    const { state, note, errors } = test.result();
    if (state in this.#tally) this.#tally[state]++;
    if (state === 'failed') this.#tally.failures.push(describe(test, errors));
    if (state === 'skipped') console.log(`SKIPPED ${test.fullName}: ${note ?? 'no reason given'}`);
  }

  onTestRunEnd(modules, errors) {
    for (const module of modules) this.#note(module.relativeModuleId, module.errors());
    this.#note('outside of tests', errors);
    if (process.env.AIRGLOW_TALLY) writeFileSync(process.env.AIRGLOW_TALLY, JSON.stringify(this.#tally));
  }

  #note(where, errors) {
    for (const { message } of errors ?? []) this.#tally.failures.push(`${where}\n    ${message ?? 'failed'}`);
  }
}

/** With the cause, so that the end of a long log tells what failed. */
function describe(test, errors) {
  const causes = (errors ?? []).map(
    ({ message, stack }) => `${message}\n${(stack ?? '').split('\n').slice(0, 4).join('\n')}`,
  );
  return [`${test.module.relativeModuleId} > ${test.fullName}`, ...causes]
    .join('\n')
    .replaceAll('\n', '\n    ');
}
