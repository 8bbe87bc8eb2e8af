import './badge.css';

export type Tone = 'danger' | 'warning' | 'good' | 'info' | 'quiet';

/** A state or a severity: always a word, with a colour and a shape that say the same. */
export function Badge({ tone, children }: { readonly tone: Tone; readonly children: string }) {
  return <span className={`badge ${tone}`}>{children}</span>;
}
