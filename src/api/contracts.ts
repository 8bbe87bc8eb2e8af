/**
 * The contract of the HTTP API: what may be asked and what is answered, shared by the server, the command line and
 * the dashboard. docs/api.md says the same in prose.
 */
export * from './requests.ts';
export * from './cluster-requests.ts';
export * from './cluster-rules.ts';
export * from './pause-rules.ts';
export * from './answers.ts';
export * from './cluster-answers.ts';
export * from './session-answers.ts';
export * from './capacity-answers.ts';
export * from './analysis-answers.ts';
export * from './api-error.ts';
export { MAX_POINTS } from './window.ts';
