import { execFile } from 'node:child_process';
import { chmod, copyFile, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { OTHER_MANAGERS } from './other-managers.ts';
import { isOurs } from './service-plan.ts';
import type { ServicePlan } from './service-plan.ts';
import { renderSystemdUnit } from './systemd-unit.ts';

const run = promisify(execFile);

const PLAN: ServicePlan = {
  scope: 'system',
  node: '/usr/bin/node',
  main: '/usr/lib/node_modules/airglow/dist/cli/main.js',
  stateDir: '/var/lib/airglow',
  listen: null,
};
/** Everything that means something to systemd, to a shell or to XML. */
const WILD = `/srv/a b"c'd%n$HOME\${x}\\e&<f>;#`;

const startLine = (plan: ServicePlan): string => /^ExecStart=(.*)$/m.exec(renderSystemdUnit(plan))?.[1] ?? '';

describe('the unit of systemd', () => {
  it('of the machine', async () => {
    await expect(renderSystemdUnit(PLAN)).toMatchFileSnapshot('golden/system.service');
  });

  it('of a user', async () => {
    const plan = { ...PLAN, scope: 'user', stateDir: '/home/bob/airglow', listen: '[::1]:9000' } as const;
    await expect(renderSystemdUnit(plan)).toMatchFileSnapshot('golden/user.service');
  });

  it('is known again as ours', () => {
    expect(isOurs(renderSystemdUnit(PLAN))).toBe(true);
    expect(isOurs('[Unit]\nDescription=my own\n')).toBe(false);
  });

  it('holds every path as it is: quotes, specifiers, variables', () => {
    expect(startLine({ ...PLAN, node: '/opt/$n o/node', stateDir: WILD })).toBe(
      `"/opt/$n o/node" ${PLAN.main} up --state "/srv/a b\\"c'd%%n$$HOME$\${x}\\\\e&<f>;#"`,
    );
    expect(startLine({ ...PLAN, stateDir: '/srv/50%' })).toMatch(/--state \/srv\/50%%$/);
    expect(startLine({ ...PLAN, stateDir: '/srv/a$b' })).toMatch(/--state \/srv\/a\$\$b$/);
  });

  it('starts a program with quotes in its path, which systemd itself refuses, by a shell', () => {
    expect(startLine({ ...PLAN, node: `/opt/o'neil/node` })).toBe(
      `/bin/sh -c "exec \\"$$0\\" \\"$$@\\"" "/opt/o'neil/node" ${PLAN.main} up --state /var/lib/airglow`,
    );
  });

  it('holds no path that would begin a line of its own', () => {
    expect(() => renderSystemdUnit({ ...PLAN, stateDir: '/srv/a\nExecStartPre=/bin/x' })).toThrow(
      expect.objectContaining({ code: 'INVALID_ARGUMENT' }),
    );
  });
});

describe('other managers', () => {
  it.each(['openrc', 'runit', 'launchd'] as const)('%s', async (manager) => {
    const { render } = OTHER_MANAGERS[manager];
    await expect(render({ ...PLAN, listen: '0.0.0.0:8642' })).toMatchFileSnapshot(`golden/${manager}`);
  });

  it('launchd gets every path as it is', () => {
    const text = OTHER_MANAGERS.launchd.render({ ...PLAN, stateDir: WILD });
    expect(text).toContain(`<string>/srv/a b"c'd%n$HOME\${x}\\e&amp;&lt;f&gt;;#</string>`);
  });
});

describe('what is written', () => {
  let folder: string;
  beforeEach(async () => void (folder = await mkdtemp(join(tmpdir(), 'airglow-service-'))));
  afterEach(() => rm(folder, { recursive: true, force: true }));

  /** A program that prints what it was given, one a line, under a name that has to be quoted. */
  async function printer(): Promise<string> {
    const path = join(folder, `no'de "x"`);
    await writeFile(path, '#!/bin/sh\nprintf "%s\\n" "$@"\n', { mode: 0o755 });
    return path;
  }

  it('runit: a shell starts it with the arguments as they are', async () => {
    const script = join(folder, 'run');
    await writeFile(script, OTHER_MANAGERS.runit.render({ ...PLAN, node: await printer(), stateDir: WILD }));
    const { stdout } = await run('sh', [script]);
    expect(stdout).toBe([PLAN.main, 'up', '--state', WILD, ''].join('\n'));
  });

  it('openrc: also after the eval of its supervisor', async () => {
    const script = OTHER_MANAGERS.openrc.render({ ...PLAN, node: await printer(), stateDir: WILD });
    // As OpenRC does it, with what would be the supervisor left out.
    const { stdout } = await run('sh', ['-c', `${script}\neval "\${command}" $command_args`]);
    expect(stdout).toBe([PLAN.main, 'up', '--state', WILD, ''].join('\n'));
  });

  it.for([
    ['system', 'b i%n$x'],
    ['user', 'b i%n$x'],
    ['system', `o'n"e\\il`],
  ] as const)('systemd takes the unit of the %s, with a program in %s', async ([scope, name], context) => {
    const isMissing = await run('systemd-analyze', ['--version']).then(
      () => false,
      () => true,
    );
    if (isMissing) return context.skip('systemd-analyze is not installed');
    const bin = join(folder, name);
    await mkdir(bin);
    const node = join(bin, 'node');
    await symlink('/bin/true', node).catch(() => copyFile('/bin/true', node));
    const unit = join(folder, 'airglow.service');
    await writeFile(unit, renderSystemdUnit({ ...PLAN, scope, node, stateDir: join(folder, 's %n "t') }));
    await chmod(unit, 0o644);
    const args = [...(scope === 'user' ? ['--user'] : []), 'verify', '--man=no', unit];
    const found = await run('systemd-analyze', args, {
      env: { ...process.env, XDG_RUNTIME_DIR: folder },
    }).catch((error: unknown) => error as { stdout: string; stderr: string });
    const about = found.stderr
      .split('\n')
      .filter((line) => line.includes(unit) || line.includes('airglow.service'))
      // An older systemd names the key that it does not know, and goes on.
      .filter((line) => !line.includes('DelegateSubgroup'));
    expect(about).toEqual([]);
  });
});
