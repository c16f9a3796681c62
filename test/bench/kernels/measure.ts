import { GraphBuilder } from '../../../electron/engine/backend/onnx/graph.ts';
import { blockSize } from '../../../electron/engine/backend/onnxruntime/block-size.ts';
import { Emitter } from '../../../electron/engine/backend/onnxruntime/emitter.ts';
import {
  blockedDims,
  blockedValue,
  plainValue,
  type Value,
} from '../../../electron/engine/backend/onnxruntime/layout.ts';
import { floatFeed, type Feed } from '../../../electron/engine/backend/onnxruntime/feed.ts';
import { Session } from '../../../electron/engine/backend/onnxruntime/session.ts';
import { random } from '../../../electron/engine/numbers/random.ts';
import type { ConvolutionLayer } from './layers.ts';
import { passes, resultOf, shapeOf, ways, type Pass, type Way } from './ways.ts';

const sizeOf = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1);

/** A graph in a session, with everything that it needs to run again and again. */
export interface Timed {
  way: Way;
  chosen: boolean;
  /** One run; ms. */
  run: () => number;
  dispose: () => void;
}

function noise(name: string, shape: readonly number[]): Float32Array {
  const stream = random(1, 'bench', name);
  return Float32Array.from({ length: sizeOf(shape) }, () => stream.normal());
}

/** Whether a way can be tried: it serves the layer, and the layer's maps are as it wants them. */
function fits(way: Way, layer: ConvolutionLayer): boolean {
  if (way.layout === 'plain') return way.serves(layer);
  const block = blockSize();
  if (block === null) return false;
  const images = passes[way.pass].filter((operand) => operand !== 'filter');
  return images.every((operand) => shapeOf(operand, layer)[3]! % block === 0) && way.serves(layer);
}

/** The graph of one way for one layer, on noise. */
export function prepare(way: Way, layer: ConvolutionLayer): Timed {
  const graph = new GraphBuilder();
  const emitter = new Emitter(graph, blockSize());
  const feeds: Record<string, Feed> = {};
  const operands = passes[way.pass].map((operand): Value => {
    const shape = shapeOf(operand, layer);
    const blocked = way.layout === 'blocked' && operand !== 'filter';
    const dims = blocked ? blockedDims(shape) : shape;
    graph.input(operand, 'float32', dims);
    feeds[operand] = floatFeed(noise(operand, shape), dims);
    return blocked ? blockedValue(shape, operand) : plainValue(shape, operand);
  });
  const result = way.emit(emitter, operands, layer);
  const shape = shapeOf(resultOf[way.pass], layer);
  const name = result.plain ?? result.blocked!;
  const dims = result.plain === null ? blockedDims(shape) : shape;
  graph.output(name, 'float32', dims);
  const data = new Float32Array(sizeOf(shape));
  const fetches = { [name]: floatFeed(data, dims) };
  const session = Session.load(graph, data.byteLength);
  const run = () => {
    const start = performance.now();
    session.run(feeds, fetches);
    return performance.now() - start;
  };
  return { way, chosen: way.isChosen(emitter, layer), run, dispose: () => session.dispose() };
}

export interface WayTimes {
  way: string;
  layout: Way['layout'];
  /** Whether the backend takes this one. */
  chosen: boolean;
  pass: Pass;
  /** ms. */
  times: number[];
}

/**
 * Every way of every pass of a layer, in turn, `repeats` times after one run that is not counted. A layer that sees the
 * image has no input gradient: nobody asks for it.
 */
export function measureLayer(layer: ConvolutionLayer, repeats: number): WayTimes[] {
  const seesImage = layer.inputChannels === 3;
  const wanted = ways.filter((way) => fits(way, layer) && !(seesImage && way.pass === 'input gradient'));
  const timed = wanted.map((way) => prepare(way, layer));
  try {
    for (const { run } of timed) run();
    const results = timed.map(({ way: { name, pass, layout }, chosen }): WayTimes => ({
      way: name,
      pass,
      layout,
      chosen,
      times: [],
    }));
    for (let round = 0; round < repeats; round++) {
      for (const [i, { run }] of timed.entries()) results[i]!.times.push(run());
    }
    return results;
  } finally {
    for (const { dispose } of timed) dispose();
  }
}
