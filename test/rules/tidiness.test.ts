import { expect, it } from 'vitest';
import { sources } from './sources.ts';

const LONGEST_FILE_LINES = 400;
const files = sources('src', 'web/src', 'test', 'bench');

it('no file is too long for one subject', () => {
  const long = files
    .filter(({ text }) => text.split('\n').length > LONGEST_FILE_LINES)
    .map(({ path }) => path);
  expect(long).toEqual([]);
});

it('no file has a name that says nothing', () => {
  const vague = files.filter(({ path }) => /(^|\/)(utils?|helpers?|common|misc|types)\.tsx?$/.test(path));
  expect(vague.map(({ path }) => path)).toEqual([]);
});

it('no test is focused or switched off', () => {
  const marked = files.filter(({ text }) => /\b(it|test|describe)\.(only|todo|skip)\(/.test(text));
  expect(marked.map(({ path }) => path)).toEqual([]);
});

it('nothing waits to be done', () => {
  // Put together, so that this file does not find itself.
  const mark = new RegExp(`\\b(${['TO_DO', 'FIX_ME', 'X_XX'].join('|').replaceAll('_', '')})\\b`);
  expect(files.filter(({ text }) => mark.test(text)).map(({ path }) => path)).toEqual([]);
});

it('only the kernel folder reads /proc and /sys', () => {
  const readers = sources('src').filter(
    ({ path, text }) => !path.startsWith('src/kernel/') && /['"`]\/(proc|sys)\//.test(text),
  );
  expect(readers.map(({ path }) => path)).toEqual([]);
});
