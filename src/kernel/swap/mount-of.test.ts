import { expect, it } from 'vitest';
import { findMountOf } from './mount-of.ts';

const MOUNTS = [
  '27 1 254:0 / / rw,relatime - ext4 /dev/vda rw,discard',
  '28 27 0:24 / /dev/shm rw,nosuid - tmpfs tmpfs rw',
  '29 27 259:1 / /mnt/nvme rw,noatime shared:3 - ext4 /dev/nvme0n1 rw',
  '30 29 0:50 / /mnt/nvme rw - xfs /dev/nvme1n1 rw',
  '31 27 0:51 / /mnt/two\\040words ro - ext4 /dev/sdb rw',
  '32 27 0:52 / /mnt/frozen rw - ext4 /dev/sdc ro,errors=remount-ro',
  '',
].join('\n');

it('finds the deepest mount above a path, the last one where one covers another', () => {
  const of = (path: string) => findMountOf(MOUNTS, path);
  expect(of('/var/lib')).toEqual({ type: 'ext4', mountPath: '/', isReadOnly: false });
  expect(of('/')).toMatchObject({ mountPath: '/' });
  expect(of('/dev/shm/x')).toMatchObject({ type: 'tmpfs' });
  expect(of('/mnt/nvme')).toMatchObject({ type: 'xfs', mountPath: '/mnt/nvme' });
  expect(of('/mnt/nvme-other')).toMatchObject({ mountPath: '/' });
});

it('knows what is read-only, by the mount or by the file system', () => {
  expect(findMountOf(MOUNTS, '/mnt/two words/x')).toMatchObject({
    mountPath: '/mnt/two words',
    isReadOnly: true,
  });
  expect(findMountOf(MOUNTS, '/mnt/frozen')).toMatchObject({ isReadOnly: true });
});

it('says nothing where nobody tells', () => {
  expect(findMountOf('', '/mnt')).toBeNull();
});
