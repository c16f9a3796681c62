import * as tf from '@tensorflow/tfjs-core';
import type { Tensor4D } from '@tensorflow/tfjs-core';
import { DistillError } from '../../../contract/errors.ts';
import type { OnnxPort } from '../../../contract/onnx-inspection.ts';
import type { Statistics } from '../../../contract/recipe/statistics.ts';
import { loadModelFile, type NativeSession } from '../../backend/onnxruntime/binding.ts';
import { absentLogit } from '../../models/covering.ts';
import type { Classifier, ForwardContext, ModelOutputs } from '../../models/model.ts';
import { type ClassOutputs, coveredBy } from '../../models/weights/outputs.ts';
import type { DeployedHints, DeployedInput } from '../deployed.ts';
import { hintsBeside } from './beside.ts';
import { type FeatureMap, featureMap, loadWithOutputs, mapTensor } from './feature-maps.ts';
import { type OnnxHeader, readOnnxHeader } from './header.ts';
import { feedForms, type FeedForm, type Otherwise } from './input.ts';
import { settleLayout } from './layout.ts';
import { classifierHint, givenKind, kindOfRows, outputForm, statedClasses } from './output.ts';
import { messageOf, notLoaded, refuse } from './refuse.ts';
import { described, type Opened, runOnce, trialRun } from './run-once.ts';

/** The statistics by which normalised images are what the network is fed. */
export function statisticsOf(values: DeployedInput['values']): Statistics {
  if (typeof values === 'object') return values;
  const scale = values === 'pixels' ? 1 / 255 : 1;
  return { mean: [0, 0, 0], std: [scale, scale, scale] };
}

/** Of probabilities: the least normal float32 stands for 0. */
const smallest = 2 ** -126;

export interface OnnxFacts {
  file: string;
  input: DeployedInput;
  type: FeedForm['type'];
  layout: FeedForm['layout'];
  /** The other layout, where it runs in that one, too; null: it does not. */
  otherLayout: FeedForm['layout'] | null;
  /** What of the input nothing states. */
  guessed: FeedForm['guessed'];
  /** Of its input: name, shape, images in every call, and what states how images are prepared. */
  fed: Pick<FeedForm, 'name' | 'shape' | 'batch' | 'origins'>;
  /** All outputs of the graph, and the name of the one that is read. */
  graphOutputs: readonly OnnxPort[];
  read: string;
  /** The names of all outputs, in their order; null: stated nowhere. */
  classNames: string[] | null;
  /** Number of all outputs. */
  outputs: number;
  gives: 'logits' | 'probabilities';
  /** Values of the file's initializers. */
  values: number;
  /** Files with weights, as the file names them, relative to its folder. */
  externalFiles: readonly string[];
  /** What it gives of its stages, by their names. */
  features: Readonly<Record<string, FeatureMap>>;
}

/**
 * An ONNX classifier among the program's own networks: it takes images normalised by `statisticsOf(facts.input.values)` and gives
 * logits, the logarithms of probabilities where the file gives those. It runs on ONNX Runtime whatever the backend is, one
 * synchronous call a batch, and has no gradient.
 */
export class OnnxClassifier implements Classifier {
  readonly facts: OnnxFacts;
  readonly #opened: Opened;
  #selected: ClassOutputs | null = null;
  covers?: readonly number[];

  constructor(facts: OnnxFacts, opened: Opened) {
    this.facts = facts;
    this.#opened = opened;
  }

  get classes(): number {
    return this.#selected?.length ?? this.facts.outputs;
  }

  /** Which of the file's outputs it gives; null: all, in their order. */
  get selected(): ClassOutputs | null {
    return this.#selected;
  }

  /** Gives these outputs alone, in this order; its softmax is the whole one's, restricted to them. */
  select(outputs: ClassOutputs): void {
    this.#selected = outputs;
    const covers = coveredBy(outputs);
    if (covers) this.covers = covers;
    else delete this.covers;
  }

  /** images [n, size, size, 3]. Throws DistillError INTERNAL for a stage that no tensor was named for, and for the penultimate vector. */
  forward(images: Tensor4D, { features = [], penultimate = false }: ForwardContext): ModelOutputs {
    const maps = features.map((stage) => this.facts.features[stage]);
    if (penultimate || maps.includes(undefined))
      throw new DistillError('INTERNAL', `"${this.facts.file}" does not give what is asked for.`);
    const [n] = images.shape;
    const found = maps.map((map) => map!);
    const [rows, ...values] = this.#values(
      images.dataSync<'float32'>(),
      n,
      found.map(({ tensor }) => tensor),
    );
    return {
      logits: tf.tensor2d(this.#logitsOf(rows!, n), [n, this.classes]),
      features: Object.fromEntries(features.map((stage, i) => [stage, mapTensor(found[i]!, values[i]!, n)])),
      penultimate: null,
    };
  }

  /** Logits [n, classes] of normalised images [n, size, size, 3]. Throws DistillError UNSUPPORTED_FORMAT. */
  logits(images: Float32Array, n: number): Float32Array {
    return this.#logitsOf(this.#values(images, n, [])[0]!, n);
  }

  #logitsOf(rows: Float32Array, n: number): Float32Array {
    const { outputs, gives } = this.facts;
    const chosen = this.#selected ?? [...Array(outputs).keys()];
    const result = new Float32Array(n * chosen.length);
    for (let row = 0; row < n; row++)
      for (const [id, output] of chosen.entries()) {
        const value = output === null ? absentLogit : rows[row * outputs + output]!;
        result[row * chosen.length + id] =
          output !== null && gives === 'probabilities' ? Math.log(Math.max(value, smallest)) : value;
      }
    return result;
  }

  /** The output's values for n images, and those of further tensors. */
  #values(images: Float32Array, n: number, tensors: readonly string[]): Float32Array[] {
    const { file } = this.facts;
    const batch = this.#opened.form.batch ?? n;
    const run = (part: Float32Array) =>
      runOnce(this.#opened, part, batch, tensors).map(({ values }) => values);
    try {
      if (batch === n) return run(images);
      const floatsEach = images.length / n;
      const parts: Float32Array[][] = [];
      for (let at = 0; at < n; at += batch) {
        // The last call is filled with zeros.
        const part = new Float32Array(batch * floatsEach);
        part.set(images.subarray(at * floatsEach, Math.min(n, at + batch) * floatsEach));
        parts.push(run(part));
      }
      return parts[0]!.map((first, i) => {
        const whole = new Float32Array(parts.length * first.length);
        for (const [k, part] of parts.entries()) whole.set(part[i]!, k * first.length);
        return whole.subarray(0, (n * first.length) / batch);
      });
    } catch (thrown) {
      throw refuse(file, messageOf(thrown), classifierHint, thrown);
    }
  }

  /** The same network, fed in another layout in which it runs. It lives as long as this one, and is not disposed. */
  inLayout(layout: FeedForm['layout']): OnnxClassifier {
    const { form } = this.#opened;
    const other = new OnnxClassifier(
      { ...this.facts, layout },
      { ...this.#opened, form: { ...form, layout } },
    );
    if (this.#selected) other.select(this.#selected);
    return other;
  }

  /** What its outputs for normalised images show to be; null: they may be either. Throws DistillError UNSUPPORTED_FORMAT. */
  shownKind(images: Float32Array, n: number): OnnxFacts['gives'] | null {
    return kindOfRows(this.#values(images, n, [])[0]!, this.facts.outputs);
  }

  dispose(): void {
    this.#opened.native.dispose();
  }
}

/** `tensors`: what is to be read besides the outputs. */
async function load(file: string, header: OnnxHeader, tensors: readonly string[]): Promise<NativeSession> {
  const options = { level: 'all', arena: true } as const;
  if (tensors.length > 0) return loadWithOutputs(file, header, tensors, options);
  try {
    return loadModelFile(file, options);
  } catch (cause) {
    throw notLoaded(file, header, cause);
  }
}

/** What the tensors of stages are, by their values in a trial. Throws RECIPE_INVALID for one that is no map of features. */
function mapsOf(
  file: string,
  stages: Readonly<Record<string, string>>,
  found: readonly (readonly number[])[],
  images: number,
): Record<string, FeatureMap> {
  const maps = Object.entries(stages).map(([stage, tensor], i) => {
    const map = featureMap(tensor, found[i]!, images);
    if (map) return [stage, map] as const;
    throw new DistillError(
      'RECIPE_INVALID',
      `The tensor "${tensor}" of "${file}" has the shape [${found[i]!.join(', ')}], which is no square map of features of each image.`,
      `List its feature maps: distill-studio evaluate ${file} --feature-maps`,
    );
  });
  return Object.fromEntries(maps);
}

/**
 * Opens an ONNX classifier to run beside the program's own networks. `otherwise`: what is taken of its input where neither the hints,
 * the file nor the files beside it state it. `stages`: the tensors of its graph whose values are the outputs of stages, by their
 * names. Throws NOT_FOUND, WEIGHTS_CORRUPT, UNSUPPORTED_FORMAT, INVALID_INPUT where something necessary is stated nowhere, and
 * RECIPE_INVALID for a tensor that is no map of features.
 */
export async function openOnnxClassifier(
  file: string,
  hints: DeployedHints = {},
  otherwise?: Otherwise,
  stages: Readonly<Record<string, string>> = {},
): Promise<OnnxClassifier> {
  const header = await readOnnxHeader(file);
  const { metadata, values, externalFiles } = header;
  const beside = await hintsBeside(file);
  const tensors = Object.values(stages);
  const native = await load(file, header, tensors);
  try {
    const inputs = native.inputMetadata.map(described);
    const forms = feedForms(file, inputs, { metadata, beside, hints, otherwise });
    const named = native.outputMetadata.map(described).filter(({ name }) => header.outputs.includes(name));
    const output = outputForm(file, named, header, {
      gives: hints.gives,
      // Of small probabilities little is left in the logarithm.
      preferred: 'logits',
    });
    const few = forms[0]!.batch ?? 1;
    const settled = await settleLayout(file, forms, hints.layout, (form) =>
      trialRun(file, { native, form, output: output.name }, few, tensors),
    );
    const { form } = settled;
    const opened = { native, form, output: output.name };
    const [row, ...maps] = settled.trial;
    const trial = row!.values.slice(0, row!.values.length / few);
    const isAlike = settled.other?.trial[0]!.values.length === row!.values.length;
    const facts: OnnxFacts = {
      file,
      input: form.input,
      type: form.type,
      layout: form.layout,
      otherLayout: settled.other && isAlike ? settled.other.form.layout : null,
      guessed: form.guessed,
      fed: { name: form.name, shape: form.shape, batch: form.batch, origins: form.origins },
      graphOutputs: named.flatMap((one) =>
        one.isTensor ? [{ name: one.name, type: one.type, shape: [...one.shape] }] : [],
      ),
      read: output.name,
      outputs: trial.length,
      classNames: hints.classes ?? statedClasses(header, beside, trial.length),
      gives: givenKind(trial, output, hints),
      values,
      externalFiles,
      features: mapsOf(
        file,
        stages,
        maps.map(({ dims }) => dims),
        few,
      ),
    };
    return new OnnxClassifier(facts, opened);
  } catch (thrown) {
    native.dispose();
    throw thrown;
  }
}
