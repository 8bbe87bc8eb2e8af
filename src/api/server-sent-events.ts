export interface ServerSentEvent {
  readonly event: string;
  readonly data: string;
}

/** More than this without an end is no stream of ours. */
const MOST_BUFFERED_CHARS = 4 * 1024 * 1024;

/** The events of a stream, wherever its bytes are split. Comments are left out. */
export async function* readServerSentEvents(
  body: ReadableStream<Uint8Array>,
): AsyncGenerator<ServerSentEvent> {
  const decoder = new TextDecoder();
  let buffered = '';
  for await (const bytes of body) {
    buffered += decoder.decode(bytes, { stream: true });
    const blocks = buffered.split('\n\n');
    buffered = blocks.pop() ?? '';
    if (buffered.length > MOST_BUFFERED_CHARS) throw new Error('an event of the stream is too long');
    for (const block of blocks) {
      const event = parseBlock(block);
      if (event) yield event;
    }
  }
}

function parseBlock(block: string): ServerSentEvent | null {
  let event = 'message';
  const data: string[] = [];
  for (const line of block.split('\n')) {
    const colon = line.indexOf(':');
    if (colon <= 0) continue;
    const value = line.slice(colon + 1).replace(/^ /, '');
    if (line.slice(0, colon) === 'event') event = value;
    if (line.slice(0, colon) === 'data') data.push(value);
  }
  return data.length === 0 ? null : { event, data: data.join('\n') };
}
