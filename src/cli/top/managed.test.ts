import { stripVTControlCharacters } from 'node:util';
import { describe, expect, it } from 'vitest';
import { width } from '../terminal/text.ts';
import { asleepModel, capacityView, CLUSTER, managedModel, SECONDS, wokenModel } from './capacity-fixture.ts';
import type { CapacityView } from './capacity-view.ts';
import type { Frame, TopModel } from './model.ts';
import { renderTop, shownIn } from './render-top.ts';
import { NOW, sample, STATUS, tick } from './top-fixture.ts';
import { MANAGED_VIEW, press, type Panel } from './view.ts';

const SMALL: Frame = { width: 80, height: 24, now: NOW, depth: 0, timeZone: 'UTC' };
const at = (second: number, frame: Frame): Frame => ({ ...frame, now: NOW - (SECONDS - second) * 1000 });
const HELP = managedModel(SECONDS, { view: { ...MANAGED_VIEW, help: true } });
const TABLE = managedModel(SECONDS, { view: { ...MANAGED_VIEW, panel: 'top' } });

function picture(model: TopModel, frame: Frame): string {
  return `${renderTop(model, frame)
    .map((line) => line.trimEnd())
    .join('\n')}\n`;
}

function withCluster(values: Partial<CapacityView['cluster']>): TopModel {
  return managedModel(SECONDS, { capacity: capacityView(SECONDS, { cluster: { ...CLUSTER, ...values } }) });
}

const NOT_ENFORCED = withCluster({
  enforced: false,
  enforcementNote: 'this process may not make cgroups; run it as root, or delegate a cgroup to it',
});

describe('the address of the dashboard', () => {
  const withoutToken = 'http://127.0.0.1:8642/';
  const dashboard = `${withoutToken}?token=${'T'.repeat(43)}`;
  const shown = (columns: number, address = dashboard) => {
    const lines = picture(
      managedModel(75, { dashboard: address }),
      at(75, { ...SMALL, width: columns }),
    ).split('\n');
    return lines.filter((line) => line.includes('http'));
  };

  it('stands in the header, whole', () => {
    expect(shown(100)).toEqual([` dashboard  ${dashboard}`]);
    expect(shown(80)).toEqual([` open ${dashboard}`]);
    const wide = dashboard.replace('8642', '45678');
    expect(shown(80, wide)).toEqual([` open ${wide}`]);
  });

  it('has no token where that does not fit, not a part of one', () => {
    expect(shown(70)).toEqual([` dashboard  ${withoutToken}`]);
  });
});

describe('pictures of a database of ours', () => {
  it.each([
    { name: 'managed-80x24', model: managedModel(75), frame: at(75, SMALL) },
    { name: 'managed-locks-80x24', model: managedModel(), frame: SMALL },
    { name: 'managed-table-80x24', model: TABLE, frame: SMALL },
    { name: 'managed-not-enforced-80x24', model: NOT_ENFORCED, frame: SMALL },
    { name: 'managed-help-80x24', model: HELP, frame: SMALL },
    { name: 'managed-100x30', model: managedModel(58), frame: at(58, { ...SMALL, width: 100, height: 30 }) },
    { name: 'managed-120x40', model: managedModel(), frame: { ...SMALL, width: 120, height: 40 } },
    { name: 'managed-asleep-80x24', model: asleepModel(), frame: SMALL },
    { name: 'managed-woken-100x30', model: wokenModel(), frame: { ...SMALL, width: 100, height: 30 } },
    { name: 'managed-160x50', model: managedModel(75), frame: at(75, { ...SMALL, width: 160, height: 50 }) },
  ])('$name', async ({ name, model, frame }) => {
    await expect(picture(model, frame)).toMatchFileSnapshot(`golden/${name}.txt`);
  });
});

describe('the view of a database of ours', () => {
  it('fills exactly the terminal, whatever its size and what is shown', () => {
    const sizes = [
      [50, 14],
      [80, 24],
      [81, 33],
      [100, 30],
      [250, 70],
      [20, 5],
    ] as const;
    for (const panel of ['capacity', 'top', 'sessions', 'blockers'] satisfies Panel[]) {
      for (const [columns, rows] of sizes) {
        for (const depth of [0, 4, 8] as const) {
          const model = { ...NOT_ENFORCED, view: { ...MANAGED_VIEW, panel } };
          const lines = renderTop(model, { width: columns, height: rows, now: NOW, depth });
          expect(lines).toHaveLength(rows);
          for (const line of lines)
            expect(width(stripVTControlCharacters(line))).toBeLessThanOrEqual(columns);
        }
      }
    }
  }, 60_000);

  it('can be drawn before anything is decided or observed', () => {
    const status = { ...STATUS, connection: 'connecting' as const, engine: null, source: null, vcpus: null };
    const capacity: CapacityView = {
      cluster: { ...CLUSTER, status: 'starting', capacity: { ...CLUSTER.capacity, current: 0 } },
      points: [],
      changes: [],
      latest: null,
    };
    const text = picture(managedModel(SECONDS, { ticks: [], sessions: [], status, capacity }), SMALL);
    expect(text).toContain('capacity 0 ACU (0.5–8) · starting');
    expect(text).toContain('No decision yet.');
  });

  it('says how much of the maximum the host left', () => {
    const clamped = withCluster({ capacity: { current: 1, min: 0.5, max: 4, requestedMax: 8 } });
    expect(picture(clamped, SMALL)).toContain('capacity 1 ACU (0.5–4 of 8 asked)');
    expect(picture(clamped, SMALL)).toContain('less than a fixed 4 ACU');
  });

  it('tells the processors that capacity gives, and those of the host where nothing is enforced', () => {
    expect(picture(managedModel(), SMALL)).toContain('  0.13 vCPU');
    expect(picture(NOT_ENFORCED, SMALL)).toContain('  2 vCPU');
  });

  it('names the blocker where there is no room for a panel of them', () => {
    expect(picture(managedModel(), SMALL)).toContain(
      '! session 4100 (web) holds up 3 others, idle in transaction 1 min 40 s',
    );
  });

  it('keeps the most loaded marks in a legend that has no room for all', () => {
    const samples = ['LWLock:BufferMapping', 'LWLock:WALWrite', 'IO:WALWrite', 'IPC:MessageQueueSend'].map(
      (event) => sample(event, 1),
    );
    const ticks = [tick(NOW, [...samples, sample('CPU:Running', 500), sample('Timeout:PgSleepLong', 900)])];
    const text = picture(managedModel(SECONDS, { ticks }), { ...SMALL, width: 60 });
    expect(text).toMatch(/C CPU running .*T Timeout:PgSleepLong/);
    expect(text).not.toContain('IPC:MessageQueueSend');
  });

  it('lets no text of a reason or a name steer the terminal', () => {
    const evil = '\u001b[2J';
    const { changes, latest } = capacityView();
    const capacity = capacityView(SECONDS, {
      cluster: { ...CLUSTER, name: evil, enforced: false, enforcementNote: evil, statusReason: evil },
      changes: changes.map((change) => ({ ...change, reason: evil })),
      latest,
    });
    for (const height of [24, 50]) {
      const lines = renderTop(managedModel(SECONDS, { capacity }), { ...SMALL, height });
      expect(lines.join('')).not.toContain('\u001b');
    }
  });
});

describe('keys', () => {
  it('switch between the decisions and the table on a small terminal', () => {
    const shown = shownIn(managedModel(), SMALL);
    expect(shown).toMatchObject({ rowKeys: [], isManaged: true });
    const table = press(MANAGED_VIEW, '1', shown);
    expect(table.panel).toBe('top');
    expect(shownIn(managedModel(SECONDS, { view: table }), SMALL).rowKeys.length).toBeGreaterThan(0);
    expect(press(table, 'd', shown).panel).toBe('capacity');
  });

  it('filter in the table below the decisions on a tall one', () => {
    const shown = shownIn(managedModel(), { ...SMALL, height: 40 });
    expect(press(MANAGED_VIEW, 'enter', shown).filters).toHaveLength(1);
  });

  it('know no decisions of other databases', () => {
    expect(press(MANAGED_VIEW, 'd', { rowKeys: [], windowMs: 60_000 })).toBe(MANAGED_VIEW);
  });
});
