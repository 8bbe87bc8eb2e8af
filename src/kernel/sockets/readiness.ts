import { loadLibC } from '../libc.ts';

/** A set of descriptors of which one is to be told that it became readable, or that its other side is gone. */
export interface ReadinessSet {
  /** `key` is what tells of it later: a whole number of up to 31 bits. Raises the system's errors. */
  add(descriptor: number, key: number): void;
  /** Has to come before the descriptor is closed: others may still have what is behind it open. */
  remove(descriptor: number): void;
  /** Keys of what is ready at this moment, 64 at most. */
  ready(): number[];
  /** Resolves to the keys as soon as there is one; one call at a time. It takes a thread, and no CPU. */
  wait(): Promise<number[]>;
  /** Makes who waits get an empty list: a thread that waits would keep the process from ending. */
  interrupt(): void;
  /** Of the set itself, which may be a member of another one. */
  readonly descriptor: number;
  /** Not while somebody waits. */
  close(): void;
}

/** Key of what interrupts. */
const INTERRUPT = 0x7fff_ffff;

const EPOLL_CLOEXEC = 0o2000000;
const ADD = 1;
const REMOVE = 2;
const READABLE = 0x1;
const PEER_CLOSED = 0x2000;
const MOST_EVENTS = 64;
/** The kernel packs the structure on this one only. */
const [EVENT_BYTES, KEY_OFFSET] = process.arch === 'x64' ? [12, 4] : [16, 8];

/** Null where the foreign-function library does not run. */
export function openReadinessSet(): ReadinessSet | null {
  const foreign = process.platform === 'linux' ? loadLibC() : null;
  if (foreign === null) return null;
  const { koffi, libc } = foreign;
  const calls = bindCalls(libc);
  const descriptor = calls.create(EPOLL_CLOEXEC);
  if (descriptor < 0) return null;
  let bell: number | null = null;
  const now = Buffer.alloc(EVENT_BYTES * MOST_EVENTS);
  const later = Buffer.alloc(EVENT_BYTES * MOST_EVENTS);
  const add = (member: number, key: number): void => {
    const event = Buffer.alloc(EVENT_BYTES);
    event.writeUInt32LE(READABLE | PEER_CLOSED, 0);
    event.writeUInt32LE(key, KEY_OFFSET);
    if (calls.control(descriptor, ADD, member, event) < 0)
      throw new Error(`epoll_ctl refused descriptor ${member}: errno ${koffi.errno()}`);
  };
  return {
    descriptor,
    add,
    interrupt() {
      if (bell !== null) return;
      // It rings from the start, and is never silenced.
      bell = calls.bell(1, EPOLL_CLOEXEC);
      add(bell, INTERRUPT);
    },
    remove: (member) => void calls.control(descriptor, REMOVE, member, null),
    ready: () => keysOf(now, calls.wait(descriptor, now, MOST_EVENTS, 0)),
    wait: () =>
      new Promise((resolve, reject) => {
        calls.wait.async(descriptor, later, MOST_EVENTS, -1, (error: Error | null, count: number) => {
          if (error !== null) reject(error);
          // Less than none is a signal.
          else resolve(keysOf(later, count));
        });
      }),
    close() {
      if (bell !== null) calls.close(bell);
      calls.close(descriptor);
    },
  };
}

interface Calls {
  create(flags: number): number;
  control(set: number, what: number, member: number, event: Buffer | null): number;
  wait: {
    (set: number, events: Buffer, most: number, timeoutMs: number): number;
    async(
      set: number,
      events: Buffer,
      most: number,
      timeoutMs: number,
      done: (error: Error | null, count: number) => void,
    ): void;
  };
  bell(first: number, flags: number): number;
  close(descriptor: number): number;
}

let shared: Calls | undefined;

function bindCalls(libc: NonNullable<ReturnType<typeof loadLibC>>['libc']): Calls {
  shared ??= {
    create: libc.func('int epoll_create1(int)') as Calls['create'],
    control: libc.func('int epoll_ctl(int, int, int, void*)') as Calls['control'],
    wait: libc.func('int epoll_wait(int, void*, int, int)') as unknown as Calls['wait'],
    bell: libc.func('int eventfd(unsigned int, int)') as Calls['bell'],
    close: libc.func('int close(int)') as Calls['close'],
  };
  return shared;
}

function keysOf(events: Buffer, count: number): number[] {
  return Array.from({ length: Math.max(0, count) }, (_, index) =>
    events.readUInt32LE(index * EVENT_BYTES + KEY_OFFSET),
  ).filter((key) => key !== INTERRUPT);
}
