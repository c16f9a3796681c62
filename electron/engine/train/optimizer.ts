import * as tf from '@tensorflow/tfjs-core';
import type { NamedTensorMap, Tensor1D, Variable } from '@tensorflow/tfjs-core';
import { z } from 'zod';
import type { OptimizerRecipe } from '../../contract/optimizers.ts';
import { adamScalars, adamUpdates } from '../backend/ops/adam.ts';
import type { Parameter, ParameterKind } from '../models/model.ts';
import { readVariables, writeVariables } from './snapshot.ts';
import type { Saved, Stateful } from './stateful.ts';

const decayed: ReadonlySet<ParameterKind> = new Set(['conv', 'depthwise', 'linear']);

/** Exponential averages of a parameter's gradient and of its square. */
interface Moments {
  m: Variable;
  v: Variable;
  /** Updates so far. */
  steps: number;
}

export interface StepHyper {
  /** One for each parameter group of the network; adapters (group -1) have the last one's. */
  learningRates: readonly number[];
  /** beta1. */
  momentum: number;
}

/** One update whose hyperparameters are tensors, so that a recorded step can be given others. */
export interface PreparedUpdate {
  /** One for each parameter group, decay and count of updates. */
  scalars: readonly Tensor1D[];
  /** The moments. */
  variables: readonly Variable[];
  /** Moves the parameters; `gradients` by the variables' names. */
  apply: (gradients: NamedTensorMap) => void;
}

const savedSteps = z.record(z.string(), z.number().int().min(1));

/**
 * Adam as fastai has it: decoupled weight decay (none on norms and biases), a rate for each parameter group, a step count
 * for each parameter. A frozen parameter has no gradient: it, its moments and its count stay as they are.
 */
export class Adam implements Stateful {
  readonly key = 'optimizer';
  private readonly parameters: readonly Parameter[];
  private readonly options: OptimizerRecipe;
  private readonly moments = new Map<string, Moments>();

  constructor(parameters: readonly Parameter[], options: OptimizerRecipe) {
    this.parameters = parameters;
    this.options = options;
  }

  /** One update of every parameter that has a gradient; `gradients` by the variables' names. */
  apply(gradients: NamedTensorMap, hyper: StepHyper): void {
    const parameters = this.parameters.filter(({ variable }) => gradients[variable.name]);
    const update = this.prepare(parameters, hyper);
    update.apply(gradients);
    tf.dispose([...update.scalars]);
  }

  /** Counts one more update of these parameters. The caller disposes of the scalars. */
  prepare(parameters: readonly Parameter[], hyper: StepHyper): PreparedUpdate {
    const { beta2, epsilon, weightDecay: decay } = this.options;
    const scalars = new Map<string, Tensor1D>();
    const updates = parameters.map((parameter) => {
      const moments = this.moments.get(parameter.name) ?? this.createMoments(parameter);
      const step = ++moments.steps;
      const weightDecay = decayed.has(parameter.kind) ? decay : 0;
      const key = `${parameter.group} ${weightDecay} ${step}`;
      const learningRate = hyper.learningRates.at(parameter.group)!;
      const shared =
        scalars.get(key) ??
        adamScalars({ learningRate, beta1: hyper.momentum, beta2, epsilon, weightDecay, step });
      scalars.set(key, shared);
      return { variable: parameter.variable, moments, scalars: shared };
    });
    return {
      scalars: [...scalars.values()],
      variables: updates.flatMap(({ moments: { m, v } }) => [m, v]),
      apply: (gradients) => {
        adamUpdates(
          updates.map(({ variable, moments: { m, v }, scalars: own }) => ({
            weight: variable,
            gradient: gradients[variable.name]!,
            m,
            v,
            scalars: own,
          })),
        );
      },
    };
  }

  /** Forgets all moments and counts. */
  clear(): void {
    for (const { m, v } of this.moments.values()) tf.dispose([m, v]);
    this.moments.clear();
  }

  async save(): Promise<Saved> {
    const steps = Object.fromEntries([...this.moments].map(([name, moments]) => [name, moments.steps]));
    return { values: steps, tensors: await readVariables(this.momentVariables()) };
  }

  load(saved: Saved): void {
    const steps = savedSteps.parse(saved.values);
    this.clear();
    for (const parameter of this.parameters) {
      const count = steps[parameter.name];
      if (count !== undefined) this.createMoments(parameter).steps = count;
    }
    writeVariables(this.momentVariables(), saved.tensors);
  }

  dispose(): void {
    this.clear();
  }

  private createMoments(parameter: Parameter): Moments {
    const zeros = () => tf.tidy(() => tf.variable(tf.zeros(parameter.variable.shape), false));
    const moments = { m: zeros(), v: zeros(), steps: 0 };
    this.moments.set(parameter.name, moments);
    return moments;
  }

  private momentVariables() {
    return [...this.moments].flatMap(([name, { m, v }]) => [
      { name: `m.${name}`, variable: m },
      { name: `v.${name}`, variable: v },
    ]);
  }
}
