import { useId } from 'react';
import { Link } from 'wouter';
import type { Finding, FindingSeverity } from '../../../../src/analysis/model.ts';
import { useDatabase } from '../../app/database.tsx';
import { formatLoad, formatMs } from '../../format/numbers.ts';
import { formatSpan } from '../../format/times.ts';
import { Badge, type Tone } from '../../ui/badge.tsx';
import { CopyButton } from '../../ui/copy-button.tsx';
import { DIMENSION_NAMES, isSql, nameOfKey } from '../../view/dimension-names.ts';
import { zoomTo, type Span } from '../../view/time-window.ts';
import { useView } from '../../view/use-view.ts';
import { splitAdvice } from './advice.ts';

const TONES: Readonly<Record<FindingSeverity, Tone>> = { high: 'danger', medium: 'warning', low: 'quiet' };

interface Shown {
  readonly finding: Finding;
  /** What was analysed. */
  readonly window: Span;
  readonly nowMs: number;
}

/** One finding: what, how bad, how it is known, what to do. */
export function FindingCard({ finding, window, nowMs }: Shown) {
  const { severity, title, explanation, evidence, advice, aas } = finding;
  const id = useId();
  return (
    <article className={`panel finding ${severity}`} aria-labelledby={id}>
      <header className="finding-head">
        <Badge tone={TONES[severity]}>{severity}</Badge>
        <h2 id={id}>{title}</h2>
        <span className="spacer" />
        {aas !== null && (
          <span className="finding-load" title="The load that this explains, in average active sessions">
            {formatLoad(aas)} AAS
          </span>
        )}
      </header>
      <p>{explanation}</p>
      <div className="finding-body">
        <div>
          <h3>Evidence</h3>
          <dl className="finding-evidence">
            {evidence.map(({ name, value }) => (
              <div key={name}>
                <dt>{name}</dt>
                <dd>{value}</dd>
              </div>
            ))}
          </dl>
        </div>
        {advice.length > 0 && (
          <div>
            <h3>What to do</h3>
            <ol className="finding-advice">
              {advice.map((text) => (
                <li key={text}>
                  <AdviceText text={text} />
                </li>
              ))}
            </ol>
          </div>
        )}
      </div>
      <Links finding={finding} window={window} nowMs={nowMs} />
    </article>
  );
}

function AdviceText({ text }: { readonly text: string }) {
  const { words, command, rest } = splitAdvice(text);
  if (command === null) return words;
  return (
    <>
      {words} <code>{command}</code>
      {rest} <CopyButton text={command} what={command} />
    </>
  );
}

/** To the load of that time, and of what it is about. */
function Links({ finding, window, nowMs }: Shown) {
  const { name } = useDatabase();
  const { linkTo } = useView();
  const { kind, fromMs, toMs, about } = finding;
  const zoom = zoomTo(fromMs, toMs);
  const database = `/db/${encodeURIComponent(name)}`;
  return (
    <footer className="finding-links">
      <Link href={linkTo(`${database}/load`, { window: zoom, filters: [] })} className="button finding-when">
        <When finding={finding} window={window} />
        <span>
          Load at {formatSpan(finding, nowMs)} <span className="faint">({formatMs(toMs - fromMs)})</span>
        </span>
      </Link>
      {about.map(({ dimension, key, label }) => {
        const shown = `${DIMENSION_NAMES[dimension].one}: ${nameOfKey(dimension, label)}`;
        return (
          <Link
            key={`${dimension} ${key}`}
            className="button finding-about"
            title={shown}
            href={
              isSql(dimension) && key !== ''
                ? linkTo(`${database}/sql/${key}`, { window: zoom, filters: [] })
                : linkTo(`${database}/load`, {
                    window: zoom,
                    filters: key === '' ? [] : [{ dimension, value: key }],
                  })
            }
          >
            {shown}
          </Link>
        );
      })}
      {kind === 'load-above-baseline' && (
        <Link
          className="button"
          href={linkTo(`${database}/compare`, { window: zoom, filters: [], compare: 'before' })}
        >
          Compare with the time before
        </Link>
      )}
    </footer>
  );
}

/** Where in the window it was. */
function When({ finding, window }: { readonly finding: Finding; readonly window: Span }) {
  const lengthMs = Math.max(1, window.toMs - window.fromMs);
  const at = (ms: number): number => Math.min(100, Math.max(0, ((ms - window.fromMs) / lengthMs) * 100));
  const [left, right] = [at(finding.fromMs), at(finding.toMs)];
  return (
    <span className="finding-track" aria-hidden="true">
      <span style={{ left: `${left}%`, width: `${right - left}%` }} />
    </span>
  );
}
