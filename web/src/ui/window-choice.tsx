import { useState } from 'react';
import { formatSpan } from '../format/times.ts';
import { DURATIONS, narrow, shift, widen, type Span, type TimeWindow } from '../view/time-window.ts';

/** Which time is shown: a stretch that ends now, everything, or any other. `span` is what is on the screen. */
export function WindowChoice({
  window,
  span,
  nowMs,
  onChange,
}: {
  readonly window: TimeWindow;
  readonly span: Span;
  readonly nowMs: number;
  readonly onChange: (window: TimeWindow) => void;
}) {
  const [isEditing, setEditing] = useState(false);
  return (
    <div className="window-choice" role="group" aria-label="Time">
      <div className="segments">
        {DURATIONS.map(({ label, name, durationMs }) => (
          <button
            key={label}
            type="button"
            aria-label={`${label}, ${name}`}
            aria-pressed={window.kind === 'live' && window.durationMs === durationMs}
            onClick={() => onChange({ kind: 'live', durationMs })}
          >
            {label}
          </button>
        ))}
        <button type="button" aria-pressed={window.kind === 'all'} onClick={() => onChange({ kind: 'all' })}>
          all
        </button>
      </div>
      <div className="segments">
        <button type="button" aria-label="Earlier" onClick={() => onChange(shift(span, -1, nowMs))}>
          ←
        </button>
        <button
          type="button"
          aria-label="Later"
          disabled={span.toMs >= nowMs - 1000}
          onClick={() => onChange(shift(span, 1, nowMs))}
        >
          →
        </button>
        <button type="button" aria-label="Zoom in" onClick={() => onChange(narrow(span))}>
          +
        </button>
        <button type="button" aria-label="Zoom out" onClick={() => onChange(widen(span, nowMs))}>
          −
        </button>
      </div>
      <button
        type="button"
        className="plain span"
        aria-expanded={isEditing}
        title="Choose any time"
        onClick={() => setEditing(!isEditing)}
      >
        {formatSpan(span, nowMs)}
      </button>
      {isEditing && (
        <AnyWindow
          span={span}
          onChange={(chosen) => {
            setEditing(false);
            onChange(chosen);
          }}
        />
      )}
    </div>
  );
}

function AnyWindow({
  span,
  onChange,
}: {
  readonly span: Span;
  readonly onChange: (window: TimeWindow) => void;
}) {
  const [from, setFrom] = useState(localTime(span.fromMs));
  const [to, setTo] = useState(localTime(span.toMs));
  const [fromMs, toMs] = [Date.parse(from), Date.parse(to)];
  const isPossible = toMs - fromMs >= 1000;
  return (
    <form
      className="any-window"
      onSubmit={(event) => {
        event.preventDefault();
        if (isPossible) onChange({ kind: 'fixed', fromMs, toMs });
      }}
    >
      <label>
        From{' '}
        <input type="datetime-local" step="1" value={from} onChange={({ target }) => setFrom(target.value)} />
      </label>
      <label>
        to <input type="datetime-local" step="1" value={to} onChange={({ target }) => setTo(target.value)} />
      </label>
      <button type="submit" disabled={!isPossible}>
        Show
      </button>
      {!isPossible && <span role="alert">The end must be after the beginning.</span>}
    </form>
  );
}

/** As the field takes it: local, without a zone. */
function localTime(atMs: number): string {
  const local = new Date(atMs - new Date(atMs).getTimezoneOffset() * 60_000);
  return local.toISOString().slice(0, 19);
}
