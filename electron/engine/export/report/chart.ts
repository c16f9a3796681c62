import { createRequire } from 'node:module';
import type * as ECharts from 'echarts';
import type { EChartsCoreOption } from 'echarts/core';
import type { Role } from '../../../contract/run.ts';
import { escape, raw, type Html } from './html.ts';

const require = createRequire(import.meta.url);

/**
 * ECharts, loaded with the first drawing: most of what loads this file draws nothing. Its one file takes a tenth of the time of its
 * 585 modules.
 */
const loadECharts = (): typeof ECharts =>
  (loaded ??= require('echarts/dist/echarts.min.js') as typeof ECharts);
let loaded: typeof ECharts | null = null;

/** Colours are the style sheet's variables, so that one drawing serves light, dark and paper. */
export const colour = { ink: 'var(--ink)', muted: 'var(--muted)', line: 'var(--line)', card: 'var(--card)' };
export const roleColour: Record<Role, string> = {
  teacher: 'var(--teacher)',
  student: 'var(--student)',
  baseline: 'var(--baseline)',
};

/** A drawing of the report, which can stand alone as well. */
export interface Figure {
  /** Unique among a run's figures; a file's name is made of it. */
  name: string;
  title: string;
  /** Pixels of the drawing; it shrinks with the page. */
  width: number;
  height: number;
  svg: Html;
}

export interface ChartFrame extends Omit<Figure, 'svg'> {
  /** The text for screen readers. */
  label: string;
}

/** The parts of an axis that all charts have in common. */
export const axisStyle = {
  axisLine: { show: true, lineStyle: { color: colour.muted } },
  axisTick: { lineStyle: { color: colour.muted } },
  axisLabel: { color: colour.muted, fontSize: 12 },
  nameTextStyle: { color: colour.muted, fontSize: 12 },
  splitLine: { lineStyle: { color: colour.line } },
};

/** Draws an ECharts option to an inline SVG that needs no script and no network. */
export function drawChart(option: EChartsCoreOption, frame: ChartFrame): Figure {
  const { name, title, width, height, label } = frame;
  const chart = loadECharts().init(null, null, { renderer: 'svg', ssr: true, width, height });
  try {
    chart.setOption({ animation: false, textStyle: { fontFamily: 'system-ui, sans-serif' }, ...option });
    const svg = chart
      .renderToSVGString()
      // Hover rules and marks for ECharts' own client script; both would leak into the page.
      .replace(/<style[\s\S]*?<\/style>/g, '')
      .replace(/ (?:class="zr[^"]*"|ecmeta_\w+="[^"]*"|xmlns:xlink="[^"]*"|pointer-events="[^"]*")/g, '')
      // ECharts counts its charts over the process; the same data must give the same file.
      .replace(/(id="|url\(#)zr\d+-/g, `$1${name}-`)
      .replace(/^<svg width="[^"]*" height="[^"]*"/, `<svg role="img" aria-label="${escape(label)}"`);
    return { name, title, width, height, svg: raw(svg) };
  } finally {
    chart.dispose();
  }
}
