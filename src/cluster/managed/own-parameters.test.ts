import { describe, expect, it } from 'vitest';
import { NO_OPTIMIZED_READS } from './model.ts';
import type { OptimizedReads } from './model.ts';
import { checkOwnParameters, ownTempTablespaces } from './own-parameters.ts';

const chosen = (reads: Partial<OptimizedReads>, parameters: Record<string, string>) => ({
  optimizedReads: { ...NO_OPTIMIZED_READS, ...reads },
  parameters,
});
const TIER = { tieredCacheBytes: 1024 ** 3 };
const LOCAL = { localStorage: '/mnt/nvme' };
const BUFFERS = { shared_buffers: '512MB' };
const SPACES = { temp_tablespaces: 'foo' };

describe('parameters of the user beside Optimized Reads', () => {
  it.each([
    ['shared_buffers', chosen(TIER, BUFFERS), [chosen(TIER, {}), chosen({}, BUFFERS)]],
    ['temp_tablespaces', chosen(LOCAL, SPACES), [chosen(LOCAL, {}), chosen({}, SPACES)]],
  ])('%s is refused with the way out, whichever came first', (name, both, oneByOne) => {
    for (const before of [null, ...oneByOne])
      expect(() => checkOwnParameters(before, both)).toThrow(
        expect.objectContaining({
          code: 'SETTING_REFUSED',
          message: expect.stringContaining(`--reset-parameter ${name}`) as string,
        }),
      );
    for (const one of oneByOne) checkOwnParameters(null, one);
  });

  it('a database that has both already can be changed, for another part, too', () => {
    const both = chosen(TIER, BUFFERS);
    checkOwnParameters(both, chosen(TIER, { ...BUFFERS, work_mem: '8MB' }));
    expect(() => checkOwnParameters(both, chosen({ ...TIER, ...LOCAL }, { ...BUFFERS, ...SPACES }))).toThrow(
      'temp_tablespaces',
    );
  });

  it('a bound for each session is theirs to choose, and so is a list with our tablespace', () => {
    checkOwnParameters(
      null,
      chosen(LOCAL, { temp_file_limit: '1GB', temp_tablespaces: 'airglow_temp, foo' }),
    );
    expect(ownTempTablespaces({})).toBeNull();
    expect(ownTempTablespaces({ temp_tablespaces: '' })).toBe('');
  });
});
