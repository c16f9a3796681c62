import { milliseconds, table } from '../../../electron/cli/format.ts';
import { chooseBackend } from '../../../electron/engine/backend/choose.ts';
import { convolutionsOf, layerTitle, macsOf, type ConvolutionLayer } from '../kernels/layers.ts';
import { measureLayer, type WayTimes } from '../kernels/measure.ts';
import { passes } from '../kernels/ways.ts';
import { shapeOf, threadsOf, type MachineOptions, type ShapeOptions } from '../options.ts';
import type { Report } from '../report.ts';
import { summarise } from '../statistics.ts';
import { presetNames, presets, shapeTitle, type Shape } from '../workload.ts';

export interface KernelOptions extends ShapeOptions, Omit<MachineOptions, 'backend'> {
  /** Runs of each way. */
  repeats?: number;
  /** Only layers whose title contains this. */
  only?: string;
  onRound?: (done: number, total: number) => void;
}

interface LayerTimes {
  layer: ConvolutionLayer;
  ways: WayTimes[];
}

const seconds = 1000;

/** Passes in their order, the ways of each as they are listed. */
const byPass = (ways: readonly WayTimes[]): WayTimes[] =>
  Object.keys(passes).flatMap((pass) => ways.filter((way) => way.pass === pass));

function layersTable(measured: readonly LayerTimes[]): string {
  const rows = measured.flatMap(({ layer, ways }) =>
    byPass(ways).map(({ way, layout, chosen, pass, times }, i) => {
      const { min, median } = summarise(times);
      const gigaflops = (2 * macsOf(layer)) / 1e9;
      const title = i === 0 ? `${layerTitle(layer)} (${layer.count} times)` : '';
      const speed = (gigaflops / min) * seconds;
      return [
        title,
        pass,
        `${way}, ${layout}${chosen ? ' *' : ''}`,
        milliseconds(min),
        milliseconds(median),
        speed.toFixed(0),
      ];
    }),
  );
  return table([['layer', 'pass', 'way', 'min', 'median', 'GFLOP/s'], ...rows], 'lllr');
}

const named = ({ preset, architecture, stem, width, size, batchSize }: ShapeOptions): boolean =>
  [preset, architecture, stem, width, size, batchSize].some((option) => option !== undefined);

/** Every formulation of every convolution of a network, the chosen one marked, each in a session of its own; without a name, of all presets. */
export async function benchKernels(options: KernelOptions): Promise<Report> {
  const { repeats = 15, only = '', onRound } = options;
  await chooseBackend('onnxruntime', threadsOf(options));
  const shapes: Shape[] = named(options) ? [shapeOf(options)] : presetNames.map((name) => presets[name]());
  const networks = shapes
    .map((shape) => ({
      title: shapeTitle(shape),
      layers: convolutionsOf(shape.model, shape.size, shape.batchSize).filter((layer) =>
        layerTitle(layer).includes(only),
      ),
    }))
    .filter(({ layers }) => layers.length > 0);
  const total = networks.reduce((sum, { layers }) => sum + layers.length, 0);
  let done = 0;
  const results = networks.map(({ title, layers }) => ({
    title,
    layers: layers.map((layer): LayerTimes => {
      const ways = measureLayer(layer, repeats);
      onRound?.(++done, total);
      return { layer, ways };
    }),
  }));
  const text = results.map(({ title, layers }) => `${title}\n${layersTable(layers)}`).join('\n\n');
  return { bench: 'kernels', title: 'Convolutions', text, data: { repeats, networks: results } };
}
