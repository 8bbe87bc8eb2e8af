import { expect, it } from 'vitest';
import { fattest } from './space-users.ts';
import type { TempUse } from './temp-files.ts';

const use: TempUse = {
  bytes: 1000,
  files: 5,
  spills: new Map([
    [10, 100],
    [11, 100],
    [20, 150],
    [99, 5000],
  ]),
  relations: new Map([
    [3, 400],
    [4, 120],
  ]),
  permanent: new Set(),
  databases: new Set(),
};

it('the fattest is whoever works and has most, workers and temporary tables included', () => {
  const ten = { pid: 10, leader: 10, backend: null };
  const worker = { pid: 11, leader: 10, backend: null };
  const twenty = { pid: 20, leader: 20, backend: null };
  expect(fattest(use, [ten, worker, twenty], 0)).toEqual({ pid: 10, bytes: 200 });
  expect(fattest(use, [ten, worker, { ...twenty, backend: 4 }], 0)).toEqual({ pid: 20, bytes: 270 });
});

it('nobody is to blame who has nothing', () => {
  expect(fattest(use, [{ pid: 7, leader: 7, backend: 1 }], 0)).toBeNull();
  expect(fattest(use, [], 0)).toBeNull();
});

it('nobody is cancelled for what others keep', () => {
  const ten = { pid: 10, leader: 10, backend: null };
  expect(fattest(use, [ten], 100)).toEqual({ pid: 10, bytes: 100 });
  expect(fattest(use, [ten], 101)).toBeNull();
});
