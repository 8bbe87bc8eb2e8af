import { writeFileSync } from 'node:fs';

/** Counts tests for scripts/test.mjs, and says out loud what was skipped and why. */
export default class TallyReporter {
  #tally = { passed: 0, failed: 0, skipped: 0 };

  onTestCaseResult(test) {
    const { state, note } = test.result();
    if (state in this.#tally) this.#tally[state]++;
    if (state === 'skipped') console.log(`SKIPPED ${test.fullName}: ${note ?? 'no reason given'}`);
  }

  onTestRunEnd() {
    if (process.env.AIRGLOW_TALLY) writeFileSync(process.env.AIRGLOW_TALLY, JSON.stringify(this.#tally));
  }
}
