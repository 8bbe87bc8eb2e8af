import type { CapacityAnswer } from '../../../../src/api/capacity-answers.ts';
import type { ClusterAnswer } from '../../../../src/api/cluster-answers.ts';
import { useExplanation } from '../../api/queries.ts';
import { formatAcu, formatMoney, formatMs, formatShare } from '../../format/numbers.ts';
import { formatClock, formatMoment } from '../../format/times.ts';
import { useNow } from '../../ui/use-now.ts';
import {
  acuHoursText,
  headlineOf,
  pauseText,
  rangeText,
  savedText,
  sentenceOf,
  shapeText,
  windowCost,
} from './capacity-words.ts';
import { Figure } from '../../ui/figure.tsx';

/** What capacity is at this moment, why, and what it has cost. */
export function CapacityHead({
  cluster,
  used,
}: {
  readonly cluster: ClusterAnswer;
  readonly used: CapacityAnswer['used'] | null;
}) {
  const { capacity, cost, shape, pause, status } = cluster;
  const isAsleep = status === 'paused';
  const nowMs = useNow(1000);
  const window = used === null ? null : windowCost(used);
  return (
    <section className="capacity-head" aria-label="Capacity at this moment">
      <Why cluster={cluster} nowMs={nowMs} />
      <dl className="figures">
        <Figure
          name={isAsleep ? asleepSince(pause.pausedAtMs, nowMs) : shapeText(capacity.current, shape)}
          value={isAsleep ? 'asleep' : formatAcu(capacity.current)}
          isMain
        />
        <Figure name={`range, up to ${shapeText(capacity.max, shape)}`} value={rangeText(capacity)} />
        <Figure
          name={`so far, ${acuHoursText(cluster.acuHours)}`}
          value={formatMoney(cost.amount, cost.currency)}
        />
        <Figure
          name={`always at ${formatAcu(capacity.max)}: ${formatMoney(cost.fixedMaximumAmount, cost.currency)}`}
          value={savedText(cost.amount, cost.fixedMaximumAmount)}
        />
        {window !== null && used !== null && (
          <>
            <Figure name={`shown time, ${window.hours}`} value={window.text} />
            <Figure
              name={`shown time, ${formatShare(used.pausedSeconds, used.knownSeconds)} of it asleep`}
              value={savedText(window.amount, window.fixedAmount)}
            />
          </>
        )}
      </dl>
    </section>
  );
}

function Why({ cluster, nowMs }: { readonly cluster: ClusterAnswer; readonly nowMs: number }) {
  const explanation = useExplanation(cluster.name);
  const { level, title } = headlineOf(cluster);
  const { lastDecision, statusReason, status } = cluster;
  // One of them says what the figures beside it say, too.
  const isTold = (one: string): boolean =>
    one.startsWith('Capacity is ') || one.startsWith(`${cluster.name} is paused since`);
  const sentences = explanation.data?.sentences.filter((one) => !isTold(one)) ?? [];
  const pause = pauseText(cluster, nowMs);
  const isAwake = status === 'available' || status === 'modifying';
  return (
    <div className={`bottleneck ${level}`}>
      <p className="bottleneck-title">
        <span className="unseen">Why the capacity is what it is: </span>
        {title}
      </p>
      {statusReason !== null && <p>{sentenceOf(statusReason)}</p>}
      {isAwake && lastDecision !== null && <p>{sentenceOf(lastDecision.reason)}</p>}
      <ul className="capacity-why">
        {sentences.map((sentence) => (
          <Sentence key={sentence.slice(0, 18)} text={sentence} />
        ))}
        {pause !== null && <li>{sentenceOf(pause)}</li>}
      </ul>
    </div>
  );
}

/** With the question that it answers set off. */
function Sentence({ text }: { readonly text: string }) {
  const [, question = '', rest = text] = /^(Not [a-z]+:|Pauses in )(.*)$/s.exec(text) ?? [];
  return (
    <li>
      {question !== '' && <strong>{question}</strong>}
      {rest}
    </li>
  );
}

function asleepSince(sinceMs: number | null, nowMs: number): string {
  if (sinceMs === null) return 'wakes at the next query';
  const isOld = nowMs - sinceMs > 86_400_000;
  const since = isOld ? formatMoment(sinceMs) : formatClock(sinceMs);
  return `since ${since}, ${formatMs(Math.max(0, nowMs - sinceMs))}`;
}
