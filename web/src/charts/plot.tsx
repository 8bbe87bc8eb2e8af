import { useEffect, useRef } from 'react';
import 'uplot/dist/uPlot.min.css';
import { PlotDrawing, type Drawn } from './plot-drawing.ts';

export interface PlotProps extends Drawn {
  /** What the picture shows, for those who do not see it. */
  readonly label: string;
}

/** One canvas with a time axis. */
export function Plot({ label, ...drawn }: PlotProps) {
  const holder = useRef<HTMLDivElement>(null);
  const drawing = useRef<PlotDrawing | null>(null);
  useEffect(() => {
    if (holder.current === null) return undefined;
    const made = new PlotDrawing(holder.current);
    drawing.current = made;
    return () => {
      made.destroy();
      drawing.current = null;
    };
  }, []);
  // After every render; the drawing knows what is new.
  useEffect(() => drawing.current?.show(drawn));
  return <div className="plot" ref={holder} role="img" aria-label={label} />;
}
