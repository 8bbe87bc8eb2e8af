import { setTimeout as sleep } from 'node:timers/promises';
import { AirglowError } from '../../errors.ts';
import { readChildren, readProcessStat } from '../../kernel/process-reader.ts';
import type { RunnableCounter } from '../../kernel/runnable.ts';
import { AdminSession } from './admin-session.ts';
import { CapacityApplier } from './capacity-applier.ts';
import { settingsStep } from './capacity-settings.ts';
import type { ClusterLimits, LimitsInForce } from './cluster-limits.ts';
import type { AppliedCapacity } from './model.ts';
import { checkReloaded } from './parameter-check.ts';
import type { PostmasterProcess } from './postmaster-process.ts';
import { STEP_SETTING } from './server-config.ts';
import { SettingsWriter } from './settings-writer.ts';

const CONFIRM_TIMEOUT_MS = 2_000;
const CONFIRM_POLL_MS = 20;
/** The server said that it is starting up: crash recovery of a large database at a small capacity takes its time. */
const RECOVERY_TIMEOUT_MS = 3_600_000;

/** What a run needs of the database that it belongs to. */
export interface RunContext {
  readonly limits: ClusterLimits;
  readonly counter: RunnableCounter;
  readonly adminUrl: () => string;
  readonly writeCapacity: (acu: number) => Promise<void>;
  readonly log: (line: string) => void;
}

/** One run of a server, from its start (or from being found again) to its end. */
export class ServerRun {
  readonly process: PostmasterProcess;
  readonly session: AdminSession;
  readonly settings: SettingsWriter;
  readonly #context: RunContext;
  readonly #applier: CapacityApplier;
  readonly #exempted = new Set<number>();
  #version: string | null = null;
  #hasEnded = false;
  #isHushed = false;

  /** `stepAcu` is the one that its settings are made for. */
  constructor(
    process: PostmasterProcess,
    context: RunContext,
    stepAcu: number,
    applied: AppliedCapacity | null,
  ) {
    this.process = process;
    this.#context = context;
    this.session = new AdminSession(context.adminUrl, (pid) =>
      // A session inside the limits is slower at times, and still better than none.
      this.exempt(pid).catch((error: unknown) => context.log(`A session stays limited: ${reasonOf(error)}`)),
    );
    const path = {
      write: context.writeCapacity,
      reload: () => process.signal('SIGHUP'),
      confirm: (wanted: number, given: AbortSignal) => this.#confirm(wanted, given),
    };
    this.settings = new SettingsWriter(path, settingsStep(stepAcu), (error) =>
      context.log(`Settings could not follow capacity: ${reasonOf(error)}`),
    );
    this.#applier = new CapacityApplier(context.limits, this.settings, applied, (before) =>
      this.remake(before),
    );
  }

  /** `15.18`; null until the server has said it. */
  get version(): string | null {
    return this.#version;
  }

  get hasEnded(): boolean {
    return this.#hasEnded;
  }

  get applied(): AppliedCapacity | null {
    return this.#applier.applied;
  }

  apply(acu: number): Promise<AppliedCapacity> {
    return this.#applier.apply(acu);
  }

  /** Those on the exempt side not among them. */
  pids(): readonly number[] {
    const pids = this.#context.limits.group?.pids() ?? this.#ownProcesses();
    return pids.filter((pid) => !this.#exempted.has(pid));
  }

  runnable(): number {
    return this.#context.counter.count(this.pids());
  }

  /** Raises INVALID_ARGUMENT for a process that is not this server's. */
  async exempt(pid: number): Promise<void> {
    if (this.#isBackend(pid)) {
      for (const known of this.#exempted) if (!this.#isBackend(known)) this.#exempted.delete(known);
      await this.#context.limits.group?.exempt(pid);
      this.#exempted.add(pid);
    } else if (this.#context.limits.group !== null) {
      throw new AirglowError('INVALID_ARGUMENT', `Process ${pid} is no backend of this database.`);
    }
  }

  /** Makes the group anew and puts the server back in. Raises LIMIT_REFUSED. */
  async remake(limits: LimitsInForce): Promise<void> {
    const group = await this.#context.limits.open();
    if (group === null) return;
    await group.enter(this.process.mark.pid);
    for (const pid of this.#exempted) if (this.#isBackend(pid)) await group.exempt(pid);
    await this.#context.limits.set(limits);
  }

  /**
   * Resolves when the server answers over its socket. Raises POSTGRES_FAILED when it ended, or was silent for
   * `timeoutMs`; without the end of its log, which the caller adds.
   */
  async untilReady(timeoutMs: number): Promise<void> {
    const began = performance.now();
    for (let isRecovering = false; ;) {
      try {
        this.#version = await this.session.version(5_000);
        return;
      } catch (error) {
        const code = sqlState(error);
        if (code !== null && code !== '57P03') {
          // It answers, if only to say no.
          this.#context.log(`Airglow cannot log in to its database: ${reasonOf(error)}`);
          return;
        }
        isRecovering ||= code === '57P03';
      }
      if (this.process.hasEnded()) throw failed(await this.process.howItEnded());
      const patienceMs = isRecovering ? RECOVERY_TIMEOUT_MS : timeoutMs;
      if (performance.now() - began > patienceMs)
        throw failed(`PostgreSQL did not accept connections within ${patienceMs} ms`);
      await sleep(30);
    }
  }

  /** Of a server that runs already: it may be too busy to answer, which is no reason to wait. */
  async learnVersion(timeoutMs: number): Promise<void> {
    if (this.#isHushed) return;
    this.#version ??= await this.session.version(timeoutMs).catch(() => null);
  }

  /** Nothing is asked of the server until `unhush`: it is about to be frozen. Limits may change, settings wait. */
  async hush(): Promise<void> {
    this.#isHushed = true;
    await this.settings.hold();
    await this.session.idle();
  }

  unhush(): void {
    this.#isHushed = false;
    this.settings.release();
  }

  get isHushed(): boolean {
    return this.#isHushed;
  }

  /** Nothing is asked or changed any more. */
  async close(): Promise<void> {
    this.#hasEnded = true;
    await Promise.all([this.#applier.close(), this.settings.close(), this.session.close()]);
  }

  #isBackend(pid: number): boolean {
    return readProcessStat(pid)?.parentPid === this.process.mark.pid;
  }

  /** The postmaster and its children, as the kernel lists them. */
  #ownProcesses(): number[] {
    const { pid } = this.process.mark;
    const children = readChildren(pid) ?? '';
    return [pid, ...children.split(' ').filter(Boolean).map(Number)];
  }

  async #confirm(stepAcu: number, given: AbortSignal): Promise<void> {
    const patienceEndsAt = performance.now() + CONFIRM_TIMEOUT_MS;
    const sql = `select current_setting('${STEP_SETTING}', true) as step`;
    try {
      while (!given.aborted && performance.now() < patienceEndsAt) {
        const [row] = await this.session.ask<{ step: string | null }>(sql, CONFIRM_TIMEOUT_MS);
        if (Number(row?.step) === stepAcu) return;
        await sleep(CONFIRM_POLL_MS);
      }
      if (!given.aborted) await checkReloaded(this.session, CONFIRM_TIMEOUT_MS);
    } catch (error) {
      // A server that cannot be asked is told all the same.
      if (error instanceof AirglowError && error.code === 'SETTING_REFUSED') throw error;
    }
  }
}

function failed(what: string): AirglowError {
  return new AirglowError('POSTGRES_FAILED', what);
}

function sqlState(error: unknown): string | null {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  return /^[0-9A-Z]{5}$/.test(code) && /\d/.test(code) ? code : null;
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
