import type { RunSecond, RunSink } from '../model.ts';

/**
 * Tells a sink of a capacity path, one value a second, as if it were a run. Where the path is 0 it is paused: no
 * clairvoyant is while anybody uses the database, so nothing is asked for, as in a run, and nobody waits. There is no model of a database
 * behind it, so no request is told: latencies in the score are NaN.
 */
export function scorePath(path: Float32Array, demandAcu: Float32Array, sink: RunSink): void {
  const second = new PathSecond();
  let before = path[0] ?? 0;
  for (let index = 0; index < path.length; index += 1) {
    const capacity = path[index]!;
    if (capacity !== before) sink.change(before, capacity, index * 1000);
    before = capacity;
    second.set(index, demandAcu[index]!, capacity);
    sink.second(second);
  }
}

class PathSecond implements RunSecond {
  index = 0;
  demandAcu = 0;
  capacityAcu = 0;
  endCapacityAcu = 0;
  shortfallAcuSeconds = 0;
  cpuUsed = 0;
  running = 0;
  waiting = 0;
  ioSessions = 0;
  tierSessions = 0;
  lockSessions = 0;
  backlogCpuSeconds = 0;
  isPaused = false;
  coldStartSeconds = 0;

  set(index: number, demandAcu: number, capacityAcu: number): void {
    this.index = index;
    this.isPaused = capacityAcu === 0;
    this.demandAcu = this.isPaused ? 0 : demandAcu;
    this.capacityAcu = capacityAcu;
    this.endCapacityAcu = capacityAcu;
    this.shortfallAcuSeconds = Math.max(0, this.demandAcu - capacityAcu);
  }
}
