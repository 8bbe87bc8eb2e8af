import { useEffect, useRef, useState, type RefObject } from 'react';
import { useHour } from '../../api/queries.ts';
import { waitColor } from '../../color/layer-colors.ts';
import { formatLoad } from '../../format/numbers.ts';
import type { FleetRow } from './fleet-row.ts';
import { sparkAreas } from './spark-areas.ts';

const [WIDTH, HEIGHT] = [180, 36];

/** The load of the last hour, small; asked for only while it is on the screen. */
export function Sparkline({ row }: { readonly row: FleetRow }) {
  const holder = useRef<HTMLDivElement>(null);
  const isSeen = useIsSeen(holder);
  const { data } = useHour(row.name, isSeen && row.summary !== null);
  return (
    <div className="spark" ref={holder}>
      {data !== undefined && <Picture answer={data} vcpus={row.vcpus} />}
    </div>
  );
}

function Picture({
  answer,
  vcpus,
}: {
  readonly answer: NonNullable<ReturnType<typeof useHour>['data']>;
  readonly vcpus: number | null;
}) {
  if (answer.meta.coveredSeconds === 0) return <p className="faint">nothing recorded</p>;
  // Less than the processors does not fill the picture, so that a quiet hour looks quiet.
  const { areas, ground, pauses, highest } = sparkAreas(answer, WIDTH, HEIGHT, Math.max(1, vcpus ?? 1));
  const told = `${formatLoad(answer.meta.aas)} average active sessions in the last hour, up to ${formatLoad(highest)}`;
  return (
    <>
      <svg
        viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
        preserveAspectRatio="none"
        role="img"
        aria-label={told}
        shapeRendering="crispEdges"
      >
        <path d={pauses} className="spark-pause" />
        <path d={ground} className="spark-ground" />
        {areas.map(({ key, path }) => (
          <path key={key} d={path} fill={waitColor(key)} />
        ))}
      </svg>
      <span className="faint spark-peak" aria-hidden="true">
        up to {formatLoad(highest)}
      </span>
    </>
  );
}

/** Once it was seen it stays so while it is near. */
function useIsSeen(holder: RefObject<HTMLElement | null>): boolean {
  const [isSeen, setSeen] = useState(false);
  useEffect(() => {
    const element = holder.current;
    if (element === null) return undefined;
    const observer = new IntersectionObserver(
      (entries) => setSeen(entries.some(({ isIntersecting }) => isIntersecting)),
      { rootMargin: '100px' },
    );
    observer.observe(element);
    return () => observer.disconnect();
  }, [holder]);
  return isSeen;
}
