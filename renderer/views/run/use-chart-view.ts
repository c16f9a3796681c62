import type { EChartsType } from 'echarts/core';
import { shallowRef, watch, type Ref, type ShallowRef } from 'vue';
import { chartMargins } from './curve-chart.ts';
import { panWindow, resolveWindow, zoomWindow, type Extent, type ViewWindow } from './view-window.ts';

/** What the charts of one dashboard share: the part of the axis that is shown, and where the pointer is on it. */
export interface ChartView {
  window: ShallowRef<ViewWindow | null>;
  extent: Ref<Extent>;
  /** Where the pointer is on the x axis, whichever chart it is over. */
  hover: ShallowRef<number | null>;
}

export const createChartView = (extent: Ref<Extent>): ChartView => ({
  window: shallowRef(null),
  extent,
  hover: shallowRef(null),
});

const zoomPerPixel = 1.0025;

/** Lets a chart zoom (Ctrl and the wheel, or a pinch), move (dragging, Shift and the wheel) and hover in step with the others. */
export function useChartView(view: ChartView, chart: Ref<EChartsType | null>): void {
  function scale(made: EChartsType) {
    const { from, to } = resolveWindow(view.window.value, view.extent.value);
    const pixels = Math.max(1, made.getWidth() - chartMargins.left - chartMargins.right);
    return { from, to, perPixel: (to - from) / pixels };
  }
  const valueAt = (made: EChartsType, x: number): number => {
    const { from, perPixel } = scale(made);
    return from + (x - chartMargins.left) * perPixel;
  };

  function attach(made: EChartsType): () => void {
    const element = made.getDom();
    const wheel = (event: WheelEvent): void => {
      const sideways = event.shiftKey || Math.abs(event.deltaX) > Math.abs(event.deltaY);
      if (!event.ctrlKey && !event.metaKey && !(sideways && view.window.value)) return;
      event.preventDefault();
      const { window, extent } = view;
      if (event.ctrlKey || event.metaKey) {
        const center = valueAt(made, event.clientX - element.getBoundingClientRect().left);
        window.value = zoomWindow(window.value, extent.value, center, zoomPerPixel ** event.deltaY);
      } else {
        const by = (event.deltaX || event.deltaY) * scale(made).perPixel;
        window.value = panWindow(window.value, extent.value, by);
      }
    };
    let dragged: { x: number; pointer: number } | null = null;
    const down = (event: PointerEvent): void => {
      if (event.button === 0 && view.window.value) dragged = { x: event.clientX, pointer: event.pointerId };
    };
    const move = (event: PointerEvent): void => {
      if (dragged?.pointer !== event.pointerId) return;
      if (event.buttons === 0) {
        up();
        return;
      }
      const by = (dragged.x - event.clientX) * scale(made).perPixel;
      dragged.x = event.clientX;
      view.window.value = panWindow(view.window.value, view.extent.value, by);
    };
    const up = (): void => void (dragged = null);
    element.addEventListener('wheel', wheel, { passive: false });
    element.addEventListener('pointerdown', down);
    window.addEventListener('pointermove', move);
    window.addEventListener('pointerup', up);
    const hover = (event: PointerEvent): void => {
      const x = valueAt(made, event.clientX - element.getBoundingClientRect().left);
      view.hover.value = dragged ? null : x;
    };
    const leave = (): void => void (view.hover.value = null);
    element.addEventListener('pointermove', hover);
    element.addEventListener('pointerleave', leave);
    return () => {
      element.removeEventListener('wheel', wheel);
      element.removeEventListener('pointerdown', down);
      window.removeEventListener('pointermove', move);
      window.removeEventListener('pointerup', up);
      element.removeEventListener('pointermove', hover);
      element.removeEventListener('pointerleave', leave);
    };
  }

  watch(
    chart,
    (made, _before, onCleanup) => {
      if (made) onCleanup(attach(made));
    },
    { immediate: true, flush: 'post' },
  );
}
