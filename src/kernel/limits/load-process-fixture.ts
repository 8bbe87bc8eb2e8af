import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

/** A process that does to processor and memory what it is told, for tests of limits. */
export interface LoadProcess {
  readonly pid: number;
  /** Uses all of a processor until it is stopped; does nothing else from then on. */
  spin(): void;
  /** Holds so much private memory, all of it touched. */
  holdBytes(bytes: number): Promise<void>;
  /** Writes a file of that size and has it on disk before it returns, so that its pages can be dropped. */
  writeFile(path: string, bytes: number): Promise<void>;
  readFile(path: string): Promise<void>;
  /** Starts so many children, one after the other, that sleep until they are killed. */
  fork(count: number): Promise<void>;
  isAlive(): boolean;
  /** Ends it and its children. */
  stop(): Promise<void>;
}

const MIB = 1024 ** 2;

const PROGRAM = `
const fs = require('node:fs');
const { spawn } = require('node:child_process');
const held = [];
const children = [];
const chunk = Buffer.alloc(${MIB}, 7);
const work = {
  spin() { for (;;); },
  hold(bytes) { for (let left = Number(bytes); left > 0; left -= ${MIB}) held.push(Buffer.alloc(${MIB}, 7)); },
  write(bytes, path) {
    const file = fs.openSync(path, 'w');
    for (let left = Number(bytes); left > 0; left -= ${MIB}) fs.writeSync(file, chunk);
    fs.fsyncSync(file);
    fs.closeSync(file);
  },
  read(_, path) {
    const file = fs.openSync(path, 'r');
    while (fs.readSync(file, chunk) > 0);
    fs.closeSync(file);
  },
  fork(count) {
    for (let i = 0; i < Number(count); i++) children.push(spawn('sleep', ['600'], { stdio: 'ignore' }));
  },
};
const lines = require('node:readline').createInterface({ input: process.stdin });
lines.on('line', (line) => {
  const [, word, amount, path] = /^(\\w+) (\\d+) (.*)$/.exec(line);
  work[word](amount, path);
  console.log('done');
});
lines.on('close', () => {
  for (const child of children) child.kill('SIGKILL');
  process.exit(0);
});
console.log('ready');
`;

export async function startLoadProcess(): Promise<LoadProcess> {
  const child = spawn(process.execPath, ['-e', PROGRAM], { stdio: ['pipe', 'pipe', 'inherit'] });
  const exited = once(child, 'exit');
  const answers = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  let isSpinning = false;
  const expectAnswer = async (): Promise<void> => {
    const { done } = await answers.next();
    if (done === true) throw new Error('the load process ended before it was done');
  };
  const ask = (word: string, amount = 0, path = ''): void =>
    void child.stdin.write(`${word} ${amount} ${path}\n`);
  const tell = async (word: string, amount = 0, path = ''): Promise<void> => {
    ask(word, amount, path);
    await expectAnswer();
  };
  // A process that is killed leaves a broken pipe, which the tests see by other means.
  child.stdin.on('error', () => {});
  await expectAnswer();
  return {
    pid: child.pid ?? 0,
    spin() {
      isSpinning = true;
      ask('spin');
    },
    holdBytes: (bytes) => tell('hold', bytes),
    writeFile: (path, bytes) => tell('write', bytes, path),
    readFile: (path) => tell('read', 0, path),
    fork: (count) => tell('fork', count),
    isAlive: () => child.exitCode === null && child.signalCode === null,
    async stop() {
      if (isSpinning) child.kill('SIGKILL');
      else child.stdin.end();
      await exited;
    },
  };
}
