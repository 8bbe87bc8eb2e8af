import type { SwapArea } from '../../kernel/swap/swap-areas.ts';
import type { Fence } from '../../kernel/swap/swap-fences.ts';
import type { SwapSystem } from '../../kernel/swap/swap-system.ts';

interface FakeArea {
  usedBytes: number;
}

/** Swap of a host that exists in memory only, and can be killed between any two steps. */
export class FakeSwapSystem implements SwapSystem {
  bootId = 'boot-1';
  readonly pageBytes = 4096;
  readonly place = { version: 1, top: '/cg', own: '/cg/airglow' } as const;
  /** Control files and what they hold. A group is there when its file is. */
  readonly values = new Map([
    ['/vm/page-cluster', '3'],
    ['/vm/swappiness', '60'],
    ['/cg/a/memory.swappiness', '40'],
    ['/cg/b/memory.swappiness', '0'],
  ]);
  readonly files = new Map<string, number>();
  /** Of these files, those of somebody else. */
  readonly foreign = new Set<string>();
  readonly on = new Map<string, FakeArea>();
  /** Those of groups that live with swap. */
  readonly dangerous = new Set<string>();
  unavailable: string | null = null;
  available = 8 * 1024 ** 3;
  /** Raised by the next call of that method. */
  readonly faults = new Map<string, Error>();
  /** What changed something, in its order. */
  readonly steps: string[] = [];
  /** After so many steps nothing is done any more. */
  stepsLeft = Number.POSITIVE_INFINITY;

  whyNot = async (): Promise<string | null> => this.unavailable;
  availableBytes = (): number => this.available;
  swappiness = (): number => Number(this.values.get('/vm/swappiness'));
  hasFile = async (path: string): Promise<boolean> => this.files.has(path);

  areas(): readonly SwapArea[] {
    this.#live();
    return [...this.on].map(([path, { usedBytes }]) => ({
      path: this.files.has(path) ? path : `${path} (deleted)`,
      sizeBytes: this.files.get(path) ?? 0,
      usedBytes,
      priority: 1,
    }));
  }

  fences(): readonly Fence[] {
    this.#live();
    return [...this.values.keys()].map((file) => ({
      file,
      value: '0',
      inheritsFrom: file.startsWith('/cg/') ? '/vm/swappiness' : null,
      isDangerous: this.dangerous.has(file),
    }));
  }

  readValue(file: string): string | null {
    this.#live();
    return this.values.get(file) ?? null;
  }

  writeValue(file: string, value: string): void {
    this.#step(`${file}=${value}`, 'writeValue');
    this.values.set(file, value);
  }

  async make(path: string, bytes: number): Promise<void> {
    this.#step('make', 'make');
    this.files.set(path, bytes);
  }

  async fill(path: string, bytes: number, onProgress: (share: number) => void): Promise<void> {
    this.#step('fill', 'fill');
    onProgress(0.5);
    this.files.set(path, bytes);
  }

  async format(): Promise<void> {
    this.#step('format', 'format');
  }

  async turnOn(path: string): Promise<void> {
    this.#step('on', 'turnOn');
    this.on.set(path, { usedBytes: 0 });
  }

  async turnOff(path: string): Promise<void> {
    this.#step('off', 'turnOff');
    this.on.delete(path);
  }

  async whyNotOurs(path: string, bytes: number | null): Promise<string | null> {
    this.#live();
    const found = this.files.get(path);
    if (found === undefined) return 'is gone';
    if (this.foreign.has(path)) return 'belongs to another user';
    return bytes === null || found === bytes ? null : 'has another size';
  }

  async removeFile(path: string): Promise<void> {
    this.#step('remove', 'removeFile');
    this.files.delete(path);
  }

  /** The host is started anew: values are those of the start, and nothing is on. */
  reboot(): void {
    this.bootId = 'boot-2';
    this.on.clear();
    this.values.set('/vm/page-cluster', '3').set('/vm/swappiness', '50');
    this.values.delete('/cg/a/memory.swappiness');
    this.values.set('/cg/c/memory.swappiness', '50');
  }

  /** The process is gone; the host stays. */
  revive(): void {
    this.stepsLeft = Number.POSITIVE_INFINITY;
  }

  #live(): void {
    if (this.stepsLeft <= 0) throw new Error('killed');
  }

  #step(step: string, method: string): void {
    this.#live();
    const fault = this.faults.get(method);
    if (fault !== undefined) {
      this.faults.delete(method);
      throw fault;
    }
    this.steps.push(step);
    this.stepsLeft--;
  }
}
