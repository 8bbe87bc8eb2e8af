/**
 * A process that meters and says what it told the meter, to be killed. Argument: the file. Prints `told MS ACU` when a
 * capacity was told, `kept` when that is on disk, and `seen MS` when the same was told again.
 */
import { writeSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { MeterFile } from '../../src/daemon/serverless/meter-file.ts';
import { readBootId, readBootMs } from '../../src/kernel/host-facts.ts';

const say = (line: string): number => writeSync(1, `${line}\n`);
/** The first that was read since it was set to null: what the meter was told at. */
let toldMs: number | null = null;
const meter = await MeterFile.open(process.argv[2]!, say, () => {
  const bootMs = readBootMs();
  toldMs ??= bootMs;
  return { bootId: readBootId(), bootMs, wallMs: Date.now() };
});

function tell(capacityAcu: number): number {
  toldMs = null;
  meter.advance({ capacityAcu, maxAcu: 32, running: true });
  return toldMs ?? 0;
}

await meter.resume(true);
for (let turn = 0; ; turn++) {
  const capacityAcu = 0.5 + (turn % 40) / 2;
  say(`told ${tell(capacityAcu)} ${capacityAcu}`);
  await meter.flush();
  say('kept');
  for (let look = 0; look < 30; look++) {
    await sleep(10);
    say(`seen ${tell(capacityAcu)}`);
  }
}
