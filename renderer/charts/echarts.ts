import { BarChart, HeatmapChart, LineChart, ParallelChart, ScatterChart } from 'echarts/charts';
import {
  AriaComponent,
  AxisPointerComponent,
  DataZoomComponent,
  GridComponent,
  LegendComponent,
  MarkAreaComponent,
  MarkLineComponent,
  ParallelComponent,
  TooltipComponent,
  VisualMapComponent,
} from 'echarts/components';
import * as core from 'echarts/core';
import { CanvasRenderer, SVGRenderer } from 'echarts/renderers';

core.use([
  ...[BarChart, HeatmapChart, LineChart, ParallelChart, ScatterChart],
  ...[AriaComponent, AxisPointerComponent, DataZoomComponent, GridComponent, LegendComponent],
  ...[MarkAreaComponent, MarkLineComponent, ParallelComponent, TooltipComponent, VisualMapComponent],
  ...[CanvasRenderer, SVGRenderer],
]);

/** ECharts with the parts that the program uses. */
export const echarts = core;
