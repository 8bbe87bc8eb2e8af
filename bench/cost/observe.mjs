// Observes targets in a process of its own, from the built package, and prints what that cost as one line of JSON.
// node observe.mjs '{"urls": [...], "intervalMs": 1000, "warmUpSeconds": 10, "seconds": 30}'
import { createObserver } from '../../dist/daemon/postgres-observer.js';

const { urls, intervalMs, warmUpSeconds, seconds } = JSON.parse(process.env.AIRGLOW_BENCH);
const ticks = [];
let isMeasuring = false;
const observers = urls.map((url, index) => {
  const observer = createObserver({ url, target: `t${index}`, intervalMs });
  observer.subscribe((message) => {
    if (isMeasuring && message.kind === 'live') ticks.push(message.tick);
  });
  observer.start();
  return observer;
});
await new Promise((resolve) => setTimeout(resolve, warmUpSeconds * 1000));
isMeasuring = true;
const before = process.cpuUsage();
const startedAt = performance.now();
await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
const used = process.cpuUsage(before);
const elapsedMs = performance.now() - startedAt;
const rssMb = process.memoryUsage().rss / 2 ** 20;
isMeasuring = false;
await Promise.all(observers.map((observer) => observer.stop()));

const tickMs = ticks.map(({ cost }) => cost.tickMs).sort((a, b) => a - b);
const sum = (values) => values.reduce((total, value) => total + value, 0);
console.log(
  JSON.stringify({
    ticks: ticks.length,
    aas:
      sum(ticks.flatMap(({ samples }) => samples.map(({ weightMs }) => weightMs))) /
      sum(ticks.map((t) => t.durationMs)),
    source: ticks.at(-1)?.source,
    agentPercent: (100 * (used.user + used.system)) / 1000 / elapsedMs,
    backendPercent: (100 * sum(ticks.map(({ cost }) => cost.backendCpuMs ?? 0))) / elapsedMs,
    tickMsP50: tickMs[Math.floor(tickMs.length / 2)],
    tickMsP99: tickMs[Math.floor(tickMs.length * 0.99)],
    lagMsP99: ticks.map(({ cost }) => cost.lagMs).sort((a, b) => a - b)[Math.floor(ticks.length * 0.99)],
    thinning: Math.max(...ticks.map(({ thinning }) => thinning)),
    rssMb,
  }),
);
process.exit(0);
