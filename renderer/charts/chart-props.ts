import type { EChartsCoreOption } from 'echarts/core';

/** What a chart is drawn from, whether or not it has a frame. */
export interface ChartProps {
  option: EChartsCoreOption;
  /** Charts of a group hover and zoom in step. */
  group?: string | undefined;
  /** Parts of the option that are replaced, not merged, when it changes, e.g. ['series']. */
  replace?: string[];
  /** What keys do where the chart can be walked by them; they come as `keydown`. */
  keys?: string | undefined;
}

export interface ChartEvents {
  click: [params: { name: string; seriesName?: string; dataIndex: number; value: unknown; data: unknown }];
  keydown: [event: KeyboardEvent];
  /** The keyboard's focus came to the chart, or left it. */
  focused: [isFocused: boolean];
}
