import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describeHistory } from '../history.conformance.ts';
import { openDuckDbHistory } from './duckdb-history.ts';

describeHistory('DuckDB', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'airglow-history-'));
  const history = await openDuckDbHistory({ directory });
  const dispose = async () => {
    await history.close();
    rmSync(directory, { recursive: true, force: true });
  };
  return { history, dispose };
});
