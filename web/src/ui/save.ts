import { toCsv, type Cell } from './csv.ts';

/** Hands a file to the browser. */
export function saveBlob(name: string, blob: Blob): void {
  const address = URL.createObjectURL(blob);
  const link = document.createElement('a');
  link.href = address;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}

export function saveCsv(name: string, rows: readonly (readonly Cell[])[]): void {
  saveBlob(`${name}.csv`, new Blob([toCsv(rows)], { type: 'text/csv' }));
}

/** The pictures of an element, below each other, on the background of the page. */
export function savePng(name: string, element: HTMLElement, background: string): void {
  const canvases = [...element.querySelectorAll('canvas')];
  const picture = document.createElement('canvas');
  picture.width = Math.max(0, ...canvases.map(({ width }) => width));
  picture.height = canvases.reduce((sum, { height }) => sum + height, 0);
  const context = picture.getContext('2d');
  if (context === null || picture.width === 0) return;
  context.fillStyle = background;
  context.fillRect(0, 0, picture.width, picture.height);
  let top = 0;
  for (const canvas of canvases) {
    context.drawImage(canvas, 0, top);
    top += canvas.height;
  }
  picture.toBlob((blob) => {
    if (blob !== null) saveBlob(`${name}.png`, blob);
  });
}
