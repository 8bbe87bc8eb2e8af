import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DATABASE } from '../planner-fixture.ts';
import { Processors } from './processors.ts';

/** Work that each request takes, so that figures come out round. */
const MODEL = { ...DATABASE, requestCpuSeconds: 0.01, requestVariation: 1, connections: 100, hostCpus: 64 };

interface Told {
  readonly requests: number;
  readonly seconds: number;
}

function make(model = MODEL): { processors: Processors; told: Told[] } {
  const told: Told[] = [];
  const processors = new Processors(model, (requests, seconds) => told.push({ requests, seconds }));
  return { processors, told };
}

const requestsOf = (told: readonly Told[]): number => told.reduce((sum, { requests }) => sum + requests, 0);
const meanOf = (told: readonly Told[]): number =>
  told.reduce((sum, { requests, seconds }) => sum + requests * seconds, 0) / requestsOf(told);

describe('below the limit', () => {
  it('all work is done, and nobody is short', () => {
    const { processors } = make();
    processors.serve(0.5, 1, 0, 1, 0);
    expect(processors).toMatchObject({ usedCpus: 0.5, backlogCpuSeconds: 0, isShort: false });
  });

  it('a request takes its own CPU where there is much room', () => {
    const { processors, told } = make();
    processors.serve(0.1, 4, 0, 1, 0);
    processors.finish(1, 4);
    expect(requestsOf(told)).toBeCloseTo(10, 6);
    expect(meanOf(told)).toBeCloseTo(0.01, 4);
  });

  it('chance makes requests wait, more so nearer to the limit', () => {
    const waiting = [0.3, 0.6, 0.8, 0.95].map((cpus) => {
      const { processors } = make();
      processors.serve(cpus, 1, 0, 1, 0);
      return processors.waiting / cpus;
    });
    expect(waiting).toEqual(waiting.toSorted((a, b) => a - b));
    expect(waiting[0]).toBeLessThan(0.05);
    expect(waiting[3]).toBeGreaterThan(0.5);
  });

  it('waits for pages come on top', () => {
    const { processors, told } = make();
    processors.serve(0.1, 4, 0, 1, 0.2);
    expect(meanOf(told)).toBeCloseTo(0.21, 3);
  });
});

describe('above the limit', () => {
  it('what is not served waits, and is done when there is room', () => {
    const { processors } = make();
    processors.serve(3, 1, 0, 1, 0);
    expect(processors).toMatchObject({ usedCpus: 1, isShort: true });
    expect(processors.backlogCpuSeconds).toBeCloseTo(2);
    processors.serve(0, 4, 1, 1, 0);
    expect(processors.usedCpus).toBeCloseTo(2);
    expect(processors.backlogCpuSeconds).toBe(0);
  });

  it('sessions wait for the work that is left, no more of them than connections', () => {
    const { processors } = make();
    processors.serve(1.5, 1, 0, 1, 0);
    // A quarter of a CPU-second on average, in requests of 10 ms, and the one that runs in any case.
    expect(processors.waiting).toBeCloseTo(25 + 1, 6);
    processors.serve(100, 1, 1, 1, 0);
    expect(processors.waiting).toBe(99);
  });

  it('says that queues stood still for the limit, as many as the host has processors', () => {
    const { processors } = make({ ...MODEL, hostCpus: 4 });
    processors.serve(3, 1, 0, 1, 0);
    expect(processors.throttled).toBe(3);
  });

  it('answers those first who came first', () => {
    const { processors, told } = make();
    processors.serve(2, 1, 0, 1, 0);
    processors.serve(0, 1, 1, 1, 0);
    expect(requestsOf(told)).toBeCloseTo(200, 6);
    // Work of two seconds came evenly within one: the last request waits for a second, the first for none.
    expect(Math.max(...told.map(({ seconds }) => seconds))).toBeCloseTo(0.01 + 1, 0);
    expect(Math.min(...told.map(({ seconds }) => seconds))).toBeLessThan(0.15);
    expect(meanOf(told)).toBeCloseTo(0.5 + 0.01, 1);
  });

  it('stands still while it has no capacity', () => {
    const { processors, told } = make();
    processors.serve(0.5, 0, 0, 1, 0);
    expect(processors).toMatchObject({ usedCpus: 0, backlogCpuSeconds: 0.5 });
    expect(told).toEqual([]);
    processors.serve(0, 1, 1, 1, 0);
    expect(requestsOf(told)).toBeCloseTo(50, 6);
  });

  it('a short burst runs on the quota that was left over', () => {
    const { processors } = make();
    processors.serve(0.1, 1, 0, 1, 0);
    processors.serve(1.2, 1, 1, 0.05, 0);
    expect(processors.isShort).toBe(false);
    processors.serve(2, 1, 1.05, 0.05, 0);
    expect(processors.isShort).toBe(true);
  });
});

it('loses no work and no request, whatever comes', () => {
  const stretch = fc.record({
    coming: fc.oneof(fc.constant(0), fc.double({ min: 1e-6, max: 4, noNaN: true })),
    limit: fc.double({ min: 0.1, max: 3, noNaN: true }),
    seconds: fc.constantFrom(0.05, 0.3, 1),
  });
  fc.assert(
    fc.property(fc.array(stretch, { maxLength: 60 }), (stretches) => {
      const { processors, told } = make();
      let [at, came, done] = [0, 0, 0];
      for (const { coming, limit, seconds } of stretches) {
        processors.serve(coming, limit, at, seconds, 0);
        at += seconds;
        came += coming * seconds;
        done += processors.usedCpus * seconds;
        expect(processors.backlogCpuSeconds).toBeCloseTo(came - done, 6);
        expect(processors.waiting).toBeGreaterThanOrEqual(0);
      }
      processors.finish(at, 1);
      expect(requestsOf(told)).toBeCloseTo(came / MODEL.requestCpuSeconds, 4);
      for (const { seconds } of told) expect(seconds).toBeGreaterThan(0);
      // On average nobody is quicker than alone.
      const mean = requestsOf(told) > 0 ? meanOf(told) : Number.POSITIVE_INFINITY;
      expect(mean).toBeGreaterThanOrEqual(MODEL.requestCpuSeconds * (1 - 1e-9));
    }),
    { numRuns: 200 },
  );
});
