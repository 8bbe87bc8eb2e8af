import { describe, expect, it } from 'vitest';
import { FakeFiles, systemError } from './fake-files-fixture.ts';
import { findV2 } from './places-v2.ts';

const PAGE_BYTES = 4096;
const ROOT = '/sys/fs/cgroup';
const SCOPE = `${ROOT}/user.slice/run-7.scope`;

/** A v2 hierarchy. Groups offer below them what was enabled above; processes and enabled groups exclude each other. */
function hierarchy(controllers: string): FakeFiles {
  const files = new FakeFiles();
  const offer = (folder: string, offered: string): void => {
    files.put(`${folder}/cgroup.controllers`, `${offered}\n`);
    if (offered.includes('cpu')) files.put(`${folder}/cpu.max`, 'max 100000\n').put(`${folder}/cpu.stat`, '');
    if (offered.includes('memory')) files.put(`${folder}/memory.max`, 'max\n');
  };
  const fill = (folder: string): void => {
    files.put(`${folder}/cgroup.procs`, '');
    if (folder !== ROOT) files.put(`${folder}/cgroup.type`, 'domain\n');
    files.put(`${folder}/cgroup.subtree_control`, '').put(`${folder}/cgroup.freeze`, '0');
    files.onWrite(`${folder}/cgroup.subtree_control`, (text, path) => {
      const name = text.slice(1);
      const isInTheWay = (one: string): boolean => one !== ROOT && files.read(`${one}/cgroup.procs`) !== '';
      const above = folder === ROOT ? ROOT : folder.slice(0, folder.lastIndexOf('/'));
      // With processes in it a group becomes one of threads: it can have the cpu controller, and those below it none.
      if (files.exists(`${above}/cgroup.procs`) && isInTheWay(above)) throw systemError('ENOTSUP', path);
      if (name !== 'cpu' && isInTheWay(folder)) throw systemError('EBUSY', path);
      if (!files.read(`${folder}/cgroup.controllers`).includes(name)) throw systemError('ENOENT', path);
      files.put(path, `${files.read(path)} ${name}`.trim());
      for (const child of files.folders(folder)) offer(`${folder}/${child}`, files.read(path));
    });
    files.onWrite(`${folder}/cgroup.procs`, (text, path) => {
      for (const other of [SCOPE, `${SCOPE}/airglow-daemon`]) {
        const procs = `${other}/cgroup.procs`;
        if (files.exists(procs)) files.put(procs, without(files.read(procs), text));
      }
      files.put(path, `${files.read(path)}${text}\n`);
    });
  };
  files.onMakeFolder = (path) => {
    fill(path);
    offer(path, files.read(`${path.slice(0, path.lastIndexOf('/'))}/cgroup.subtree_control`));
  };
  fill(SCOPE);
  offer(SCOPE, controllers);
  fill(ROOT);
  offer(ROOT, controllers);
  return files;
}

function without(list: string, pid: string): string {
  return list.replace(`${pid}\n`, '');
}

/** Whoever is not root may write in the delegated scope only. */
function closeRoot(files: FakeFiles): void {
  const { onMakeFolder } = files;
  files.onMakeFolder = (path) => {
    if (!path.startsWith(SCOPE)) throw systemError('EACCES', path);
    onMakeFolder(path);
  };
}

describe('the v2 hierarchy', () => {
  it("is used from its root where that is allowed, whose processes don't matter", async () => {
    const files = hierarchy('cpuset cpu io memory pids');
    files.put(`${ROOT}/cgroup.procs`, '1\n2\n');
    const found = await findV2(files, { mountPath: ROOT, ownGroup: SCOPE }, 'airglow', PAGE_BYTES);
    expect(found).toMatchObject({ version: 2, capabilities: { cpu: true, memory: true, freezer: true } });
    if (typeof found === 'string') throw new Error(found);
    const group = await found.open('shop');
    expect(group.folders).toEqual([
      `${ROOT}/airglow/shop/db`,
      `${ROOT}/airglow/shop/exempt`,
      `${ROOT}/airglow/shop`,
    ]);
    // Memory is counted once, for both parts.
    expect(files.read(`${ROOT}/airglow/cgroup.subtree_control`)).toBe('cpu memory');
    expect(files.read(`${ROOT}/airglow/shop/cgroup.subtree_control`)).toBe('cpu');
    expect(files.folders(ROOT)).not.toContain('airglow-daemon');
  });

  it('is used from our own group where that was delegated, and all of us go to a leaf', async () => {
    const files = hierarchy('cpu memory pids');
    closeRoot(files);
    files.put(`${SCOPE}/cgroup.procs`, '700\n701\n');
    const found = await findV2(files, { mountPath: ROOT, ownGroup: SCOPE }, 'airglow', PAGE_BYTES);
    if (typeof found === 'string') throw new Error(found);
    expect(found.capabilities).toMatchObject({ cpu: true, memory: true });
    expect(files.read(`${SCOPE}/cgroup.procs`)).toBe('');
    expect(files.read(`${SCOPE}/airglow-daemon/cgroup.procs`)).toBe('700\n701\n');
    const group = await found.open('shop');
    expect(group.folders.at(-1)).toBe(`${SCOPE}/airglow/shop`);
    files.put(`${SCOPE}/airglow/shop/db/cgroup.procs`, '800\n');
    files.onRemoveFolder = (path) => {
      if (path.endsWith('/db')) files.put(`${path}/cgroup.procs`, '');
    };
    await group.remove();
    expect(files.read(`${SCOPE}/airglow-daemon/cgroup.procs`)).toContain('800\n');
  });

  it('is the same place when we are in the leaf already', async () => {
    const files = hierarchy('cpu memory');
    closeRoot(files);
    await findV2(files, { mountPath: ROOT, ownGroup: SCOPE }, 'airglow', PAGE_BYTES);
    const ownGroup = `${SCOPE}/airglow-daemon`;
    const found = await findV2(files, { mountPath: ROOT, ownGroup }, 'airglow', PAGE_BYTES);
    if (typeof found === 'string') throw new Error(found);
    expect((await found.open('shop')).folders.at(-1)).toBe(`${SCOPE}/airglow/shop`);
  });

  it('may offer one controller only', async () => {
    const files = hierarchy('memory pids');
    const found = await findV2(files, { mountPath: ROOT, ownGroup: null }, 'airglow', PAGE_BYTES);
    expect(found).toMatchObject({ capabilities: { cpu: false, memory: true, burst: false } });
    if (typeof found === 'string') throw new Error(found);
    const group = await found.open('shop');
    await group.setCpus(1);
    expect(group.limits()).toEqual({ cpus: null, memoryBytes: null, swapBytes: null });
    expect(group.cpuAccount()).toBeNull();
  });

  it('gives nothing where it offers nothing, or where nothing was delegated', async () => {
    const none = hierarchy('hugetlb');
    expect(await findV2(none, { mountPath: ROOT, ownGroup: null }, 'airglow', PAGE_BYTES)).toBe(
      `${ROOT} offers neither the cpu nor the memory controller`,
    );
    const closed = hierarchy('cpu memory');
    closed.onMakeFolder = (path) => {
      throw systemError('EACCES', path);
    };
    const why = await findV2(closed, { mountPath: ROOT, ownGroup: SCOPE }, 'airglow', PAGE_BYTES);
    expect(why).toBe(`${ROOT}/airglow cannot be made (EACCES); ${SCOPE}/airglow cannot be made (EACCES)`);
  });

  it('is done without where a controller cannot be enabled, and nothing is left behind', async () => {
    const files = hierarchy('cpu');
    files.onWrite(`${ROOT}/cgroup.subtree_control`, (_, path) => {
      throw systemError('EINVAL', path);
    });
    const why = await findV2(files, { mountPath: ROOT, ownGroup: null }, 'airglow', PAGE_BYTES);
    expect(why).toContain('cgroup.subtree_control (EINVAL)');
    expect(files.folders(ROOT)).not.toContain('airglow');
  });
});
