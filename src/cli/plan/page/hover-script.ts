/** Reads out the chart under the pointer. The page says everything without it. */
export const HOVER_SCRIPT = `
for (const figure of document.querySelectorAll('figure.load')) {
  const points = JSON.parse(figure.querySelector('.points').textContent);
  const canvas = figure.querySelector('.tall .canvas');
  const cursor = canvas.querySelector('.cursor');
  const readout = figure.querySelector('.readout');
  const quiet = readout.textContent;
  const show = (event) => {
    const box = canvas.getBoundingClientRect();
    const share = Math.min(1, Math.max(0, (event.clientX - box.left) / box.width));
    const at = Math.min(points.demand.length - 1, Math.floor(share * points.demand.length));
    cursor.style.display = 'block';
    cursor.style.left = 100 * (at + 0.5) / points.demand.length + '%';
    readout.textContent = points.times[at] + ': demand ' + points.demand[at] + ' ACU (highest ' + points.highest[at] +
      '), capacity ' + points.capacity[at] + (points.short[at] > 0 ? ', short ' + points.short[at] : '');
  };
  canvas.addEventListener('pointermove', show);
  canvas.addEventListener('pointerdown', show);
  canvas.addEventListener('pointerleave', () => {
    cursor.style.display = 'none';
    readout.textContent = quiet;
  });
}
`;
