import { expect, it } from 'vitest';
import { reportCommand } from './report-command.ts';

const span = { fromMs: Date.parse('2026-11-22T10:00:00.9Z'), toMs: Date.parse('2026-11-22T10:15:00Z') };

it('writes the command for the same window', () => {
  expect(reportCommand('shop', span)).toBe(
    'airglow report shop --from 2026-11-22T10:00:00Z --to 2026-11-22T10:15:00Z',
  );
});

it('quotes a name for the shell', () => {
  expect(reportCommand("it's $HOME", span)).toContain(String.raw`report 'it'\''s $HOME' --from`);
});
