const SAMPLE = /^([a-zA-Z_:][a-zA-Z0-9_:]*)(\{(?:[a-zA-Z_]\w*="(?:[^"\\\n]|\\.)*",?)*\})? (\S+)$/;
const COMMENT = /^# (?:HELP [a-zA-Z_:][\w:]* .*|TYPE [a-zA-Z_:][\w:]* (?:gauge|counter))$/;

/** The figures of Prometheus' text format by name and labels. Throws at a line that Prometheus would not read. */
export function parseMetrics(text: string): Map<string, number> {
  const metrics = new Map<string, number>();
  const typed = new Set<string>();
  for (const line of text.split('\n').filter((one) => one !== '')) {
    if (line.startsWith('#')) {
      if (!COMMENT.test(line)) throw new Error(`not a comment of the format: ${line}`);
      if (line.startsWith('# TYPE ')) typed.add(line.split(' ')[2] ?? '');
      continue;
    }
    const [, name = '', labels = '', value] = SAMPLE.exec(line) ?? [];
    if (!typed.has(name)) throw new Error(`a figure without a type: ${line}`);
    if (metrics.has(name + labels)) throw new Error(`twice: ${line}`);
    if (Number.isNaN(Number(value))) throw new Error(`not a number: ${line}`);
    metrics.set(name + labels, Number(value));
  }
  return metrics;
}
