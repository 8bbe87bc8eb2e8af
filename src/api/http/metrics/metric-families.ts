import { Counter, Gauge } from 'prom-client';
import type { Registry } from 'prom-client';

type Labels = Readonly<Record<string, string>>;

/** Sets figures by name; a family is declared by the first figure of it. */
export class MetricFamilies {
  readonly #registry: Registry;
  readonly #gauges = new Map<string, Gauge>();
  readonly #counters = new Map<string, Counter>();

  constructor(registry: Registry) {
    this.#registry = registry;
  }

  /** A figure that is not known (null) is left out: absent in Prometheus, never zero. */
  gauge(name: string, help: string, value: number | null, labels: Labels = {}): void {
    if (value === null) return;
    const gauge = this.#gauges.get(name) ?? new Gauge({ ...this.#declare(name, help, labels) });
    this.#gauges.set(name, gauge);
    gauge.set(labels, value);
  }

  counter(name: string, help: string, value: number | null, labels: Labels = {}): void {
    if (value === null) return;
    const counter = this.#counters.get(name) ?? new Counter({ ...this.#declare(name, help, labels) });
    this.#counters.set(name, counter);
    counter.inc(labels, value);
  }

  #declare(name: string, help: string, labels: Labels) {
    return { name, help, labelNames: Object.keys(labels), registers: [this.#registry] };
  }
}
