import { describe, expect, it } from 'vitest';
import { checkParameters } from './owned-settings.ts';

function refusal(parameters: Record<string, string>): string {
  try {
    checkParameters(parameters);
  } catch (error) {
    return `${(error as { code: string }).code} ${(error as Error).message}`;
  }
  return 'taken';
}

describe('parameters', () => {
  it('are taken in lower case', () => {
    expect(checkParameters({ Work_Mem: '4MB', 'auto_explain.log_min_duration': '1s' })).toEqual({
      work_mem: '4MB',
      'auto_explain.log_min_duration': '1s',
    });
  });

  it('that are ours are refused with the reason', () => {
    expect(refusal({ Port: '1' })).toMatch(/^SETTING_REFUSED The parameter port cannot be chosen: /);
    expect(refusal({ listen_addresses: '*' })).toContain('--listen');
    expect(refusal({ 'airglow.settings_acu': '1' })).toContain('airglow.');
    for (const name of ['hba_file', 'include', 'huge_pages', 'data_directory', 'ssl', 'logging_collector'])
      expect(refusal({ [name]: 'x' })).toContain('SETTING_REFUSED');
  });

  it('cannot smuggle in a line', () => {
    for (const name of ["work_mem = '1'\nport", 'work mem', '', "a'b", 'a.', '1a', '#x'])
      expect(refusal({ [name]: 'x' })).toContain('SETTING_REFUSED');
    for (const value of ['1\nport = 2', '1\r', 'a\0b'])
      expect(refusal({ work_mem: value })).toContain('line break');
  });
});
