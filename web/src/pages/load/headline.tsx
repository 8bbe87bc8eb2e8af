import { useDatabase } from '../../app/database.tsx';
import { useTop } from '../../api/queries.ts';
import { formatAcu, formatLoad } from '../../format/numbers.ts';
import { useView } from '../../view/use-view.ts';
import { findBottleneck } from './bottleneck.ts';
import type { ShownLoad } from './load-data.ts';
import { Figure } from '../../ui/figure.tsx';

/** How busy it is at this moment, and what holds it up most over the window. */
export function Headline({ shown, vcpus }: { readonly shown: ShownLoad; readonly vcpus: number | null }) {
  const { name, window, summary, cluster } = useDatabase();
  const { state, change } = useView();
  const waits = useTop(
    { target: name, window, filters: state.filters, limit: 50 },
    'db.wait_event',
    'db.wait_event',
  );
  const { load } = summary;
  // It is known of this moment only.
  const isHostSaturated = window.kind === 'live' && (cluster?.lastDecision?.decision.hostSaturated ?? false);
  const found = waits.data === undefined ? null : findBottleneck(waits.data.rows, vcpus, isHostSaturated);
  const tick = shown.live.ticks.at(-1);
  const isPaused = (tick?.state ?? null) === 'paused' || summary.connection === 'paused';
  return (
    <section className="headline" aria-label="At a glance">
      {found !== null && (
        <div className={`bottleneck ${found.level}`}>
          <p className="bottleneck-title">
            <span className="unseen">Bottleneck of this time: </span>
            {found.title}
          </p>
          <p>
            {found.sentence}{' '}
            {found.title === 'Locks' && (
              <button type="button" className="plain" onClick={() => change({ top: 'db.blocking_session' })}>
                Who blocks?
              </button>
            )}
          </p>
        </div>
      )}
      <dl className="figures">
        <Figure
          name={tick === undefined ? 'AAS, last minute' : 'AAS now'}
          value={formatLoad(tick?.aas ?? load?.aas ?? null)}
        />
        {load !== null && load.cpuRunning !== null && (
          <>
            <Figure name="on CPU, last minute" value={formatLoad(load.cpuRunning)} />
            <Figure name="waiting for CPU" value={formatLoad(load.cpuWaiting)} />
          </>
        )}
        {load !== null && <Figure name="other waits" value={formatLoad(load.nonCpu)} />}
        {cluster === null ? (
          summary.vcpus !== null && <Figure name="vCPUs" value={formatLoad(summary.vcpus)} />
        ) : (
          <Figure
            name={`capacity, ${cluster.capacity.min}–${cluster.capacity.max}`}
            value={isPaused ? 'asleep' : formatAcu(cluster.capacity.current)}
          />
        )}
      </dl>
    </section>
  );
}
