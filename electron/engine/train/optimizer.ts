import * as tf from '@tensorflow/tfjs-core';
import type { NamedTensorMap, Variable } from '@tensorflow/tfjs-core';
import { z } from 'zod';
import type { TrainingRecipe } from '../../contract/recipe.ts';
import { adamUpdate } from '../backend/ops/adam.ts';
import type { Model, Parameter, ParameterKind } from '../models/model.ts';
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
  /** One for each parameter group. */
  learningRates: readonly number[];
  /** beta1. */
  momentum: number;
}

const savedSteps = z.record(z.string(), z.number().int().min(1));

/**
 * Adam as fastai has it: decoupled weight decay (none on norms and biases), a rate for each parameter group, a step count
 * for each parameter. A frozen parameter has no gradient: it, its moments and its count stay as they are.
 */
export class Adam implements Stateful {
  readonly key = 'optimizer';
  private readonly model: Model;
  private readonly options: TrainingRecipe['optimizer'];
  private readonly moments = new Map<string, Moments>();

  constructor(model: Model, options: TrainingRecipe['optimizer']) {
    this.model = model;
    this.options = options;
  }

  /** One update of every parameter that has a gradient; `gradients` by the variables' names. */
  apply(gradients: NamedTensorMap, hyper: StepHyper): void {
    const { beta2, epsilon, weightDecay } = this.options;
    for (const parameter of this.model.parameters) {
      const gradient = gradients[parameter.variable.name];
      if (!gradient) continue;
      const moments = this.moments.get(parameter.name) ?? this.createMoments(parameter);
      moments.steps++;
      adamUpdate(parameter.variable, gradient, moments.m, moments.v, {
        learningRate: hyper.learningRates[parameter.group]!,
        beta1: hyper.momentum,
        beta2,
        epsilon,
        weightDecay: decayed.has(parameter.kind) ? weightDecay : 0,
        step: moments.steps,
      });
    }
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
    for (const parameter of this.model.parameters) {
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
