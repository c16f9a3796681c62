import type { EChartsCoreOption } from 'echarts/core';
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

export function savePng(option: EChartsCoreOption, name: string, backgroundColor: string): void {
  const element = document.createElement('div');
  const chart = echarts.init(element, undefined, { renderer: 'canvas', width, height });
  chart.setOption(still(option));
  const url = chart.getDataURL({ type: 'png', pixelRatio: 2, backgroundColor });
  chart.dispose();
  void fetch(url)
    .then((response) => response.blob())
    .then((blob) => saveFile(`${name}.png`, blob));
}

export const saveCsv = (table: ChartTable, name: string): void =>
  saveFile(`${name}.csv`, toCsv(table), 'text/csv');
