import { useSyncExternalStore } from 'react';

export type Theme = 'light' | 'dark';
const KEY = 'airglow-theme';

/** Colours that are drawn on canvas, which cannot read the style sheet's variables. */
export interface Ink {
  readonly text: string;
  readonly faint: string;
  readonly grid: string;
  readonly surface: string;
  readonly line: string;
  readonly limit: string;
  readonly gap: string;
  readonly pause: string;
  readonly accent: string;
}

const INKS: Readonly<Record<Theme, Ink>> = {
  light: {
    text: '#1b2733',
    faint: '#5a6875',
    grid: '#e3e8ec',
    surface: '#ffffff',
    line: '#1b2733',
    limit: '#a3195b',
    gap: '#c3cbd2',
    pause: '#7a9cc6',
    accent: '#0b6e99',
  },
  dark: {
    text: '#e6edf3',
    faint: '#9aa7b4',
    grid: '#26313b',
    surface: '#141b22',
    line: '#f2f5f7',
    limit: '#ff8ac2',
    gap: '#46525e',
    pause: '#4e6f9a',
    accent: '#5cc0ea',
  },
};

const listeners = new Set<() => void>();
const system = matchMedia('(prefers-color-scheme: dark)');
system.addEventListener('change', apply);

export function useTheme(): { readonly theme: Theme; readonly ink: Ink } {
  const theme = useSyncExternalStore(subscribe, currentTheme);
  return { theme, ink: INKS[theme] };
}

export function chooseTheme(theme: Theme): void {
  localStorage.setItem(KEY, theme);
  apply();
}

/** To be called before anything is drawn. */
export function applyTheme(): void {
  apply();
}

function currentTheme(): Theme {
  const chosen = localStorage.getItem(KEY);
  if (chosen === 'light' || chosen === 'dark') return chosen;
  return system.matches ? 'dark' : 'light';
}

function apply(): void {
  document.documentElement.dataset['theme'] = currentTheme();
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
