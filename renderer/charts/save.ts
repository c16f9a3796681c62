import type { EChartsCoreOption } from 'echarts/core';
import { DistillError } from '../../electron/contract/errors.ts';
import { echarts } from './echarts.ts';
import { type ChartTable, toCsv } from './table.ts';

/** Pixels of a saved chart. */
const [width, height] = [1200, 675];

/** Lets the browser save a file; the desktop app asks where. */
export function saveFile(name: string, content: Blob | string, type = 'application/octet-stream'): void {
  const url = URL.createObjectURL(typeof content === 'string' ? new Blob([content], { type }) : content);
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}

const still = (option: EChartsCoreOption): EChartsCoreOption => ({ ...option, animation: false });

export function saveSvg(option: EChartsCoreOption, name: string): void {
  const chart = echarts.init(null, undefined, { renderer: 'svg', ssr: true, width, height });
  chart.setOption(still(option));
  saveFile(`${name}.svg`, chart.renderToSVGString(), 'image/svg+xml');
  chart.dispose();
}

/** Two pixels for each of the chart's, for sharp print and screens. Rejects where the picture has no room in memory. */
export async function savePng(
  option: EChartsCoreOption,
  name: string,
  backgroundColor: string,
): Promise<void> {
  const element = document.createElement('div');
  const chart = echarts.init(element, undefined, { renderer: 'canvas', width, height });
  try {
    chart.setOption(still(option));
    const canvas = chart.renderToCanvas({ pixelRatio: 2, backgroundColor });
    // Not by its data: address, which the page's security policy lets nobody fetch.
    const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, 'image/png'));
    if (!blob) {
      const hint = 'Close other windows and try again, or save the chart as SVG.';
      throw new DistillError('OUT_OF_MEMORY', `The image of “${name}” could not be created.`, hint);
    }
    saveFile(`${name}.png`, blob);
  } finally {
    chart.dispose();
  }
}

export const saveCsv = (table: ChartTable, name: string): void =>
  saveFile(`${name}.csv`, toCsv(table), 'text/csv');
