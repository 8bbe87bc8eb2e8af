import { CPU_RUNNING_COLOR, CPU_WAITING_COLOR, OTHER_COLOR } from '../../color/palette.ts';
import { formatCount, formatLoad } from '../../format/numbers.ts';
import { Swatch } from '../../ui/chip.tsx';
import { isOverloaded, relativeLoad, type FleetRow } from './fleet-row.ts';

interface Part {
  readonly name: string;
  readonly color: string;
  readonly aas: number;
}

/** Where the processors are marked, so that rows of any size can be compared. */
const VCPUS_AT = 0.5;

/** Load against the processors: what is right of the mark has none to run on. */
export function LoadNow({ row }: { readonly row: FleetRow }) {
  const { load, vcpus, state } = row;
  if (load === null) {
    return <p className="faint">{state === 'asleep' ? 'asleep, no load' : 'no load known'}</p>;
  }
  const relative = relativeLoad(row) ?? 0;
  const filled = Math.min(1, relative * VCPUS_AT);
  const parts = partsOf(load).filter(({ aas }) => aas >= 0.005);
  const against = vcpus === null ? '' : ` on ${formatCount(vcpus)} ${vcpus === 1 ? 'vCPU' : 'vCPUs'}`;
  return (
    <>
      <p className="fleet-aas">
        <strong>{formatLoad(load.aas)}</strong> AAS{against}
        {isOverloaded(row) && <span className="fleet-over"> {formatTimes(relative)} its processors</span>}
      </p>
      <span className={vcpus === null ? 'fleet-bar' : 'fleet-bar marked'} aria-hidden="true">
        <span className="fleet-bar-fill" style={{ width: `${filled * 100}%` }}>
          {parts.map(({ name, aas, color }) => (
            <span key={name} style={{ flexGrow: aas, background: color }} />
          ))}
        </span>
        {vcpus !== null && <span className="fleet-bar-mark" style={{ left: `${VCPUS_AT * 100}%` }} />}
      </span>
      <p className="fleet-parts">
        {parts.length === 0 && <span className="faint">nothing to do</span>}
        {parts.map(({ name, aas, color }) => (
          <span key={name}>
            <Swatch color={color} /> {name} {formatLoad(aas)}
          </span>
        ))}
      </p>
    </>
  );
}

function partsOf(load: NonNullable<FleetRow['load']>): readonly Part[] {
  const cpu: readonly Part[] =
    load.cpuRunning === null || load.cpuWaiting === null
      ? [{ name: 'CPU', color: CPU_RUNNING_COLOR, aas: load.cpu }]
      : [
          { name: 'running', color: CPU_RUNNING_COLOR, aas: load.cpuRunning },
          { name: 'waiting for CPU', color: CPU_WAITING_COLOR, aas: load.cpuWaiting },
        ];
  return [...cpu, { name: 'other waits', color: OTHER_COLOR, aas: load.nonCpu }];
}

function formatTimes(ratio: number): string {
  return `${ratio < 10 ? ratio.toFixed(1) : Math.round(ratio)}×`;
}
