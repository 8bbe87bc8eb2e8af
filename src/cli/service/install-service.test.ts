import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { installService, serviceStatus, uninstallService } from './install-service.ts';
import type { InstallWishes } from './install-service.ts';
import type { ServicePlan } from './service-plan.ts';
import type { Systemd } from './systemctl.ts';
import { renderSystemdUnit } from './systemd-unit.ts';

const PLAN: ServicePlan = {
  scope: 'system',
  node: '/usr/bin/node',
  main: '/usr/lib/airglow/dist/cli/main.js',
  stateDir: '/var/lib/airglow',
  listen: null,
};
const WISHES: InstallWishes = { isForced: false, isStarted: false, isTaken: false };

let folder: string;
let unit: string;
let asked: string[];
/** What systemctl answers by its first word; what is not here is done. */
let answers: Record<string, { isDone: boolean; text: string }>;
let systemd: Systemd;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'airglow-units-'));
  unit = join(folder, 'units', 'airglow.service');
  asked = [];
  answers = { 'is-active': { isDone: false, text: 'inactive' } };
  systemd = {
    isManager: true,
    unitDir: () => join(folder, 'units'),
    run: async (scope, args) => {
      asked.push(`${scope}: ${args.join(' ')}`);
      return answers[args[0] ?? ''] ?? { isDone: true, text: '' };
    },
  };
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const changes = () => asked.filter((line) => !/is-|--version/.test(line));

describe('installing', () => {
  it('writes the unit and enables it', async () => {
    const said = await installService(PLAN, systemd, WISHES);
    expect(await readFile(unit, 'utf8')).toBe(renderSystemdUnit(PLAN));
    expect(changes()).toEqual(['system: daemon-reload', 'system: enable airglow']);
    expect(said.join('\n')).toContain('systemctl start airglow');
  });

  it('starts it where that is wanted, and writes it anew over its own', async () => {
    await installService(PLAN, systemd, WISHES);
    const said = await installService({ ...PLAN, stateDir: '/srv/a' }, systemd, {
      ...WISHES,
      isStarted: true,
    });
    expect(await readFile(unit, 'utf8')).toContain('--state /srv/a');
    expect(changes().at(-1)).toBe('system: restart airglow');
    expect(said.join('\n')).toContain('journalctl -u airglow');
  });

  it('leaves a unit of somebody else alone, unless forced', async () => {
    await installService(PLAN, systemd, WISHES);
    await writeFile(unit, '[Service]\nExecStart=/bin/mine\n');
    asked = [];
    await expect(installService(PLAN, systemd, WISHES)).rejects.toMatchObject({
      code: 'INVALID_ARGUMENT',
      message: expect.stringMatching(/was not written by airglow.*--force overwrites it/) as string,
    });
    await expect(uninstallService('system', systemd, false)).rejects.toThrow(/--force removes it/);
    expect(await readFile(unit, 'utf8')).toContain('/bin/mine');
    expect(asked).toEqual([]);
    await installService(PLAN, systemd, { ...WISHES, isForced: true });
    expect(await readFile(unit, 'utf8')).toBe(renderSystemdUnit(PLAN));
  });

  it('does not start a second airglow on the same folder', async () => {
    const said = await installService(PLAN, systemd, { ...WISHES, isStarted: true, isTaken: true });
    expect(changes()).not.toContain('system: restart airglow');
    expect(said.join('\n')).toContain('runs with that folder already: end it, then systemctl start airglow');
    answers['is-active'] = { isDone: true, text: 'active' };
    await installService(PLAN, systemd, { ...WISHES, isStarted: true, isTaken: true });
    expect(changes()).toContain('system: restart airglow');
  });

  it('says what is left to be run where systemctl fails', async () => {
    answers['enable'] = { isDone: false, text: 'Failed to enable unit: Read-only file system\nmore' };
    await expect(installService(PLAN, systemd, { ...WISHES, isStarted: true })).rejects.toMatchObject({
      code: 'SERVICE_FAILED',
      message:
        'systemctl enable airglow failed: Failed to enable unit: Read-only file system; ' +
        'when that is mended, run: systemctl enable airglow && systemctl restart airglow',
    });
    expect(await readFile(unit, 'utf8')).toBe(renderSystemdUnit(PLAN));
  });

  it('of a user tells of lingering, and of a systemd that cannot restart it', async () => {
    answers['--version'] = { isDone: true, text: 'systemd 252 (252.38-1~deb12u1)\n+PAM' };
    const said = (await installService({ ...PLAN, scope: 'user' }, systemd, WISHES)).join('\n');
    expect(said).toContain('loginctl enable-linger');
    expect(said).toContain('systemctl --user start airglow');
    expect(said).toContain('This is systemd 252: before 254');
    answers['--version'] = { isDone: true, text: 'systemd 257' };
    expect((await installService({ ...PLAN, scope: 'user' }, systemd, WISHES)).join('\n')).not.toContain(
      '254',
    );
  });
});

describe('removing', () => {
  it('ends the service, and says that databases run on', async () => {
    expect((await uninstallService('system', systemd, false)).join()).toContain('There is no service');
    await installService(PLAN, systemd, WISHES);
    asked = [];
    const said = await uninstallService('system', systemd, false);
    expect(changes()).toEqual(['system: disable --now airglow', 'system: daemon-reload']);
    expect(said.join('\n')).toContain('databases run on');
    await expect(readFile(unit)).rejects.toMatchObject({ code: 'ENOENT' });
  });
});

describe('the status', () => {
  it('is that of the unit, and what systemd says', async () => {
    expect((await serviceStatus('system', systemd)).join()).toMatch(
      /^not installed: .*airglow service install/,
    );
    await installService(PLAN, systemd, WISHES);
    answers['is-enabled'] = { isDone: true, text: 'enabled' };
    expect(await serviceStatus('system', systemd)).toEqual([
      `installed: ${unit}`,
      'at a start of the machine: enabled',
      'now: inactive',
      'journalctl -u airglow says why; systemctl start airglow starts it',
    ]);
  });
});
