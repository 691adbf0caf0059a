import type { CalibrationReport } from '../../store/retrainings';
import { html, type Html } from '../pages/html';

/** Size of the plot and its margins, in the chart's own units. */
const [width, height, left, bottom, top] = [320, 220, 46, 34, 8];

/** Expected against observed shares, with intervals, and the line on which they are equal. */
export function calibrationChart(
  bins: CalibrationReport['bins'],
  {
    label,
    x: across,
    y: up,
    share,
  }: {
    readonly label: string;
    readonly x: string;
    readonly y: string;
    readonly share: (value: number) => string;
  },
): Html {
  const most = Math.min(1, Math.max(0.01, ...bins.flatMap(({ predicted, high }) => [predicted, high])));
  const x = (value: number) => round(left + ((width - left - 8) * Math.min(value, most)) / most);
  const y = (value: number) =>
    round(height - bottom - ((height - bottom - top) * Math.min(value, most)) / most);
  const ticks = [0, 0.5, 1].map((part) => part * most);
  return html`<svg class="chart" viewBox="0 0 ${width} ${height}" role="img" aria-label="${label}">
    ${ticks.map(
      (tick) =>
        html`<line class="grid" x1="${x(0)}" x2="${x(most)}" y1="${y(tick)}" y2="${y(tick)}" /><text
            x="${left - 6}"
            y="${y(tick) + 4}"
            text-anchor="end"
          >
            ${share(tick)}</text
          ><text x="${x(tick)}" y="${height - bottom + 15}" text-anchor="${tick === most ? 'end' : 'middle'}">
            ${share(tick)}
          </text>`,
    )}
    <text x="${x(most)}" y="${height - 4}" text-anchor="end">${across} →</text>
    <text x="${left + 4}" y="${top + 10}">↑ ${up}</text>
    <line class="ideal" x1="${x(0)}" y1="${y(0)}" x2="${x(most)}" y2="${y(most)}" />
    ${bins.map(
      ({ predicted, observed, low, high }) =>
        html`<line
            class="spread"
            x1="${x(predicted)}"
            x2="${x(predicted)}"
            y1="${y(low)}"
            y2="${y(high)}"
          /><circle cx="${x(predicted)}" cy="${y(observed)}" r="3.5" />`,
    )}
  </svg>`;
}

const round = (value: number): number => Math.round(value * 10) / 10;
