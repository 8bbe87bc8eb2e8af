import type { AdminSession } from '../admin-session.ts';
import type { EventOutbox } from './event-outbox.ts';
import type { StorageLook } from './storage-watch.ts';
import { moveOut } from './permanent-objects.ts';
import type { MoveReport } from './permanent-objects.ts';
import { cancelFattest } from './space-users.ts';
import { checkpoint, startedAtMs } from './tablespace.ts';
import { hasPermanent } from './temp-files.ts';
import type { TempUse } from './temp-files.ts';
import { overrunBytes } from './temp-rules.ts';

/** What PostgreSQL stops by itself, with an error of its own that says why, needs nobody to cancel it. */
const LOOKS_BEFORE_CANCEL = 2;
/** A cancelled statement takes its time to remove its files. */
const CANCEL_AGAIN_MS = 3_000;
const MOVE_AGAIN_MS = 1_000;
/** The empty file of a table that is gone stays until a checkpoint. */
const CHECKPOINT_AGAIN_MS = 10_000;

/** What may be in temporary space, and how much of it: nothing permanent, and nobody beyond the limit. */
export class TenantRules {
  readonly #adminUrl: () => string;
  readonly #outbox: EventOutbox;
  readonly #removeOrphans: (databases: ReadonlySet<number>, startedAtMs: number) => Promise<void>;
  #overruns = 0;
  #cancelledAtMs = Number.NEGATIVE_INFINITY;
  #movedAtMs = Number.NEGATIVE_INFINITY;
  #checkpointAtMs = Number.NEGATIVE_INFINITY;

  constructor(
    adminUrl: () => string,
    outbox: EventOutbox,
    removeOrphans: (databases: ReadonlySet<number>, startedAtMs: number) => Promise<void>,
  ) {
    this.#removeOrphans = removeOrphans;
    this.#adminUrl = adminUrl;
    this.#outbox = outbox;
  }

  /** Raises what `pg` does. */
  async apply(
    session: AdminSession,
    { sight, use }: StorageLook,
    limitBytes: number,
    mayGoOn: () => boolean,
  ): Promise<void> {
    const overBytes = overrunBytes(sight, limitBytes);
    this.#overruns = overBytes > 0 ? this.#overruns + 1 : 0;
    if (use === null || !mayGoOn()) return;
    const nowMs = performance.now();
    if (this.#overruns >= LOOKS_BEFORE_CANCEL && nowMs - this.#cancelledAtMs > CANCEL_AGAIN_MS) {
      this.#cancelledAtMs = nowMs;
      await this.#cancel(session, use, overBytes);
    }
    if (hasPermanent(use) && nowMs - this.#movedAtMs > MOVE_AGAIN_MS && mayGoOn())
      await this.#moveOut(session, use, mayGoOn);
  }

  async #cancel(session: AdminSession, use: TempUse, overBytes: number): Promise<void> {
    const user = await cancelFattest(session, use, overBytes);
    if (user === null) return;
    const size = `${Math.round(user.bytes / 1024 ** 2)} MiB`;
    const message =
      `The statement of process ${user.pid} was cancelled: temporary space is used up, and it had most of it (${size}). ` +
      'Its temporary tables stay until it drops them (drop table, discard temp) or ends. To allow more: --temp-space.';
    this.#outbox.send({
      kind: 'temp-space-cancelled',
      severity: 'warning',
      message,
      data: { pid: user.pid, bytes: user.bytes },
    });
  }

  async #moveOut(session: AdminSession, use: TempUse, mayGoOn: () => boolean): Promise<void> {
    const oids = [...new Set([...use.permanent, ...use.databases])];
    const report = await moveOut(session, this.#adminUrl(), oids, mayGoOn);
    const nowMs = performance.now();
    this.#movedAtMs = nowMs;
    this.#tell(report, nowMs);
    if (report.without.size > 0 && mayGoOn())
      await this.#removeOrphans(report.without, await startedAtMs(session));
    const isDue = nowMs - this.#checkpointAtMs > CHECKPOINT_AGAIN_MS;
    if (!mayGoOn() || (report.moved.length === 0 && (report.stuck.length > 0 || !isDue))) return;
    this.#checkpointAtMs = nowMs;
    await checkpoint(this.#adminUrl());
  }

  #tell({ moved, stuck, databases }: MoveReport, nowMs: number): void {
    const severity = 'warning';
    if (moved.length > 0) {
      const names = moved.join(', ');
      const message = `Permanent objects were put into temporary space and have been moved to where the data is: ${names}.`;
      this.#outbox.send({ kind: 'permanent-in-temp-space', severity, message, data: { names } });
    }
    for (const { name, reason } of stuck) {
      const message = `${name} is permanent and in temporary space, where it can be lost at any time. It could not be moved yet: ${reason}.`;
      this.#outbox.sendOnce(
        { kind: 'permanent-in-temp-space', severity, message, data: { names: name } },
        nowMs,
      );
    }
    for (const name of databases) {
      const message = `The database ${name} is in temporary space, where it can be lost at any time. Disconnect from it, then: alter database ${name} set tablespace pg_default`;
      this.#outbox.sendOnce({ kind: 'database-in-temp-space', severity, message, data: { name } }, nowMs);
    }
  }
}
