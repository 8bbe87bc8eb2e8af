/** Where temporary objects of a database go, as `TempObjectsDescription` of the fleet. */
export interface TempSpaceDescription {
  /** The folder on local storage, as the user named it. */
  readonly path: string;
  /** Where new temporary objects go now: to local storage, or to where the data is. */
  readonly place: TempPlace;
  /** Why not to local storage, and the way out, one line; null where they do. */
  readonly reason: string | null;
  readonly limitBytes: number;
  /** Null while it cannot be read. */
  readonly usedBytes: number | null;
  /** Of the file system; null while it cannot be read. */
  readonly freeBytes: number | null;
}

export type TempPlace = 'local' | 'data';

/** What temporary objects take by place; null while that is not known. */
export interface TempBytes {
  readonly localBytes: number | null;
  /** Files of sorts and hashes only: of temporary tables beside the data nobody tells. */
  readonly dataBytes: number | null;
}

/** Something that people should know. */
export interface TempSpaceEvent {
  readonly kind:
    | 'temp-space-lost'
    | 'temp-space-full'
    | 'temp-space-back'
    | 'temp-space-cancelled'
    | 'temp-space-failed'
    | 'permanent-in-temp-space'
    | 'database-in-temp-space';
  readonly severity: 'info' | 'warning';
  /** One line. */
  readonly message: string;
  readonly data: Readonly<Record<string, string | number>>;
}

/** Temporary objects on local storage, as whoever watches a database sees them. */
export interface TempObjects {
  /** Null where they are not asked for. Synchronous and cheap. */
  describe(): TempSpaceDescription | null;
  /** As of the last looks; both null where they are not asked for. Synchronous and cheap. */
  bytes(): TempBytes;
  /** Resolves when nothing of it is under way: after a start, when it is known where temporary objects go. */
  idle(): Promise<void>;
  /** What nobody listened to is kept for who comes first. Returns how to unsubscribe. Listeners must not throw. */
  subscribe(listener: (event: TempSpaceEvent) => void): () => void;
}
