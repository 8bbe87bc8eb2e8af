import { useMemo } from 'react';
import type { AnalysisAnswer } from '../../../../src/api/analysis-answers.ts';
import { FINDING_KINDS } from '../../../../src/analysis/model.ts';
import { useAnalysis, useLoad } from '../../api/queries.ts';
import { useDatabase } from '../../app/database.tsx';
import { formatLoad, formatMs, formatShare } from '../../format/numbers.ts';
import { formatSpan } from '../../format/times.ts';
import { Command } from '../../ui/copy-button.tsx';
import { FrozenNote } from '../../ui/frozen-note.tsx';
import { Empty, Failure, Loading, signInAddress } from '../../ui/notes.tsx';
import { useFrozen } from '../../ui/use-frozen.ts';
import { WindowChoice } from '../../ui/window-choice.tsx';
import type { AskedWindow, Span } from '../../view/time-window.ts';
import { useView } from '../../view/use-view.ts';
import { busiestHour } from './busiest-hour.ts';
import { FindingCard } from './finding-card.tsx';
import { reportCommand } from './report-command.ts';
import { LOOKED_FOR } from './subjects.ts';
import './analysis.css';

const LAST_DAY: AskedWindow = { kind: 'live', durationMs: 86_400_000 };

/** What stood out in a window, how it is known, and what to do about it. */
export function AnalysisPage() {
  const { name, window, isTrusted } = useDatabase();
  const { state, change } = useView();
  const frozen = useFrozen(window, JSON.stringify(state.window));
  const { data, error, isPlaceholderData } = useAnalysis(name, { kind: 'fixed', ...frozen.span });
  return (
    <>
      <h1 className="unseen">Analysis of {name}</h1>
      <div className="tools">
        <WindowChoice
          window={state.window}
          span={frozen.span}
          nowMs={frozen.nowMs}
          onChange={(chosen) => change({ window: chosen })}
        />
        <FrozenNote frozen={frozen} done="Analysed" again="Analyse again" />
        <BusiestHour shown={frozen.span} nowMs={frozen.nowMs} />
      </div>
      {error !== null && <Failure error={error} />}
      {data === undefined || isPlaceholderData ? (
        error === null && <Loading what="the findings" />
      ) : (
        <>
          <Summary answer={data} nowMs={frozen.nowMs} />
          {!isTrusted && (
            <p className="faint">
              Statements are named by their ids here. <a href={signInAddress()}>Sign in</a> to see their text.
            </p>
          )}
          {data.findings.length === 0 ? (
            <NothingFound isObserved={data.meta.coveredSeconds > 0} />
          ) : (
            <section aria-label="Findings, worst first" className="findings">
              {data.findings.map((finding) => (
                <FindingCard
                  key={`${finding.kind} ${finding.title}`}
                  finding={finding}
                  window={data.meta}
                  nowMs={frozen.nowMs}
                />
              ))}
            </section>
          )}
        </>
      )}
      <p className="as-text">
        <span className="faint">The same as text:</span> <Command text={reportCommand(name, frozen.span)} />
      </p>
    </>
  );
}

/** The way to what was worst lately; nothing where the record is too short to choose from. */
function BusiestHour({ shown, nowMs }: { readonly shown: Span; readonly nowMs: number }) {
  const { name } = useDatabase();
  const { change } = useView();
  const { data } = useLoad({ target: name, window: LAST_DAY, filters: [] }, null);
  const busiest = useMemo(() => (data === undefined ? null : busiestHour(data)), [data]);
  if (busiest === null || (busiest.fromMs === shown.fromMs && busiest.toMs === shown.toMs)) return null;
  const { fromMs, toMs, aas } = busiest;
  return (
    <button
      type="button"
      className="plain"
      title={formatSpan(busiest, nowMs)}
      onClick={() => change({ window: { kind: 'fixed', fromMs, toMs } })}
    >
      Busiest hour of the last 24 h ({formatLoad(aas)} AAS)
    </button>
  );
}

function Summary({
  answer: { meta, summary },
  nowMs,
}: {
  readonly answer: AnalysisAnswer;
  readonly nowMs: number;
}) {
  const { baseline } = meta;
  const seconds = (meta.toMs - meta.fromMs) / 1000;
  return (
    <section className="headline" aria-label="Summary">
      <div className="panel analysis-summary">
        <h2>What happened</h2>
        {summary.length === 0 ? (
          <p className="faint">Nothing is recorded of this time.</p>
        ) : (
          summary.map((sentence) => <p key={sentence}>{sentence}</p>)
        )}
      </div>
      <dl className="figures">
        <div>
          <dd>{formatLoad(meta.aas)}</dd>
          <dt>AAS of this time</dt>
        </div>
        <div>
          <dd>{formatLoad(baseline?.aas ?? null)}</dd>
          <dt title={baseline === null ? '' : formatSpan(baseline, nowMs)}>
            {baseline === null
              ? 'usual: too little is known'
              : `usual, from the ${formatMs(baseline.coveredSeconds * 1000)} before`}
          </dt>
        </div>
        <div>
          <dd>{formatShare(meta.coveredSeconds, seconds)}</dd>
          <dt>of this time observed</dt>
        </div>
      </dl>
    </section>
  );
}

function NothingFound({ isObserved }: { readonly isObserved: boolean }) {
  return (
    <section className="panel">
      <Empty title={isObserved ? 'Nothing stands out' : 'Nothing is recorded of this time'}>
        <p>{isObserved ? 'Looked for, and not found:' : 'With a record, it would be searched for:'}</p>
        <ul className="looked-for">
          {FINDING_KINDS.map((kind) => (
            <li key={kind}>{LOOKED_FOR[kind]}</li>
          ))}
        </ul>
      </Empty>
    </section>
  );
}
