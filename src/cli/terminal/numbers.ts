/** An AAS with as many decimals as can matter: 0.25, 8.02, 34.1, 512. */
export function formatAas(aas: number): string {
  if (aas >= 99.95) return aas.toFixed(0);
  return aas >= 9.995 ? aas.toFixed(1) : aas.toFixed(2);
}

export function formatShare(share: number): string {
  return `${Math.round(share * 100)}%`;
}

/** Milliseconds as a person says them: 12 ms, 3.4 s, 2 min 05 s, 3 h 12 min. */
export function formatDuration(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)} ms`;
  if (ms < 9_950) return `${(ms / 1000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1000);
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min ${String(seconds % 60).padStart(2, '0')} s`;
  return `${Math.floor(minutes / 60)} h ${String(minutes % 60).padStart(2, '0')} min`;
}

/** A processor count: 2, 0.25, 1.5. */
export function formatVcpus(vcpus: number): string {
  return String(Number(vcpus.toFixed(2)));
}

/** A length of time as it is chosen: 250 ms, 1 s, 5 min. */
export function formatPeriod(ms: number): string {
  if (ms < 1000) return `${ms} ms`;
  if (ms < 60_000) return `${Number((ms / 1000).toFixed(1))} s`;
  return `${Number((ms / 60_000).toFixed(1))} min`;
}
