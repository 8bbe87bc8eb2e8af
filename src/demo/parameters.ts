/**
 * Settings of the demo's database. Autovacuum is load, too, and its workers would come at any moment of the story; the
 * tables are small and vacuumed once they are made.
 */
export const DEMO_PARAMETERS = { autovacuum_naptime: '1h' } as const;
/** Nobody may be quiet for so long before the night of the story. */
export const SECONDS_UNTIL_PAUSE = 20;
