import { randomBytes } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FleetMessage, FleetOptions, OpenFleet, TimedDecision } from '../../src/daemon/fleet.ts';
import { openFleet } from '../../src/daemon/serverless/open-fleet.ts';

/** A fleet in a temporary state folder, with all that it said. */
export interface TestFleet extends AsyncDisposable {
  readonly fleet: OpenFleet;
  readonly stateDir: string;
  readonly messages: readonly FleetMessage[];
  readonly lines: readonly string[];
  /** Changes of capacity of a database, oldest first. */
  changes(name: string): readonly TimedDecision[];
  /** Kinds of the events of a database, oldest first. */
  events(name: string): readonly string[];
}

/** Databases end with the test unless told otherwise. */
export async function openTestFleet(options: Partial<FleetOptions> = {}): Promise<TestFleet> {
  const stateDir = options.stateDir ?? newStateDir();
  const [messages, lines]: [FleetMessage[], string[]] = [[], []];
  const log = (line: string): void => void lines.push(line);
  const fleet = await openFleet({ temporary: true, osUsers: 'shared', ...options, stateDir, log });
  fleet.subscribe((message) => messages.push(message));
  return {
    fleet,
    stateDir,
    messages,
    lines,
    changes: (name) =>
      messages.flatMap((message) =>
        message.kind === 'decision' && message.name === name && isChange(message.decision)
          ? [message.decision]
          : [],
      ),
    events: (name) =>
      messages.flatMap((message) =>
        message.kind === 'event' && message.name === name ? [message.event.kind] : [],
      ),
    async [Symbol.asyncDispose]() {
      await fleet.close();
      if (options.stateDir === undefined) await rm(stateDir, { recursive: true, force: true });
    },
  };
}

/** Short, since sockets live in it. */
export function newStateDir(): string {
  return join(tmpdir(), `ag-${randomBytes(4).toString('hex')}`);
}

function isChange({ decision: { fromAcu, toAcu } }: TimedDecision): boolean {
  return fromAcu !== toAcu;
}
