import { PassThrough } from 'node:stream';
import type { WriteStream } from 'node:tty';
import { expect, it } from 'vitest';
import { width } from '../terminal/text.ts';
import { ProgressLine } from './progress-line.ts';

function terminal(isTTY: boolean) {
  const stream = Object.assign(new PassThrough(), { isTTY, columns: 60 });
  const written = () => String(stream.read() ?? '');
  return { stream: stream as unknown as WriteStream, written };
}

it('says trace, policy and share on a terminal, not too often, and erases itself', () => {
  const { stream, written } = terminal(true);
  let now = 0;
  const line = new ProgressLine(stream, () => now);
  line.planning({ trace: 'shop', policy: 'airglow', share: 0.1 });
  expect(written()).toBe('');
  now = 400;
  line.planning({ trace: 'shop', policy: 'neon', share: 0.255 });
  line.planning({ trace: 'shop', policy: 'neon', share: 0.26 });
  expect(written()).toBe(`\r${'━'.repeat(5)}${'─'.repeat(15)} 25%  shop, neon\u001b[K`);
  line.erase();
  line.erase();
  expect(written()).toBe('\r\u001b[K');
});

it('stays on one line, whatever a trace is called', () => {
  const { stream, written } = terminal(true);
  let now = 0;
  const line = new ProgressLine(stream, () => now);
  now = 1000;
  line.planning({ trace: `a\nb${'x'.repeat(100)}`, policy: 'neon', share: 1 });
  const text = written();
  expect(text).not.toContain('\n');
  expect(width(text.replace(/^\r/, '').replace('\u001b[K', ''))).toBeLessThan(60);
});

it('writes nothing elsewhere', () => {
  const { stream, written } = terminal(false);
  let now = 0;
  const line = new ProgressLine(stream, () => now);
  now = 5000;
  line.planning({ trace: 'shop', policy: 'neon', share: 0.5 });
  line.erase();
  expect(written()).toBe('');
});
