import * as tf from '@tensorflow/tfjs-core';
import type { NamedTensorMap, Tensor1D, Variable } from '@tensorflow/tfjs-core';
import { z } from 'zod';
import type { OptimizerRecipe } from '../../contract/optimizers.ts';
import type { Parameter, ParameterKind } from '../models/model.ts';
import { adamw } from './optimizers/adamw.ts';
import type { UpdateRule } from './optimizers/rule.ts';
import { sgd } from './optimizers/sgd.ts';
import { readVariables, writeVariables } from './snapshot.ts';
import type { Saved, Stateful } from './stateful.ts';

const decayed: ReadonlySet<ParameterKind> = new Set(['conv', 'depthwise', 'linear']);

/** What an optimiser keeps of a parameter. */
interface Kept {
  /** In the order of the rule's names. */
  moments: readonly Variable[];
  /** Updates so far. */
  steps: number;
}

export interface StepHyper {
  /** One for each parameter group of the network; adapters (group -1) have the last one's. */
  learningRates: readonly number[];
  /** Adam's beta1, SGD's momentum. */
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

const ruleOf = (settings: OptimizerRecipe): UpdateRule =>
  settings.name === 'sgd' ? sgd(settings) : adamw(settings);

/**
 * Moves parameters by their gradients, by a recipe's rule: a rate for each parameter group, no weight decay of norms and biases (as
 * fastai has it), a count of updates for each parameter. A frozen parameter has no gradient: it, its moments and its count stay as
 * they are.
 */
export class Optimizer implements Stateful {
  readonly key = 'optimizer';
  private readonly parameters: readonly Parameter[];
  private readonly weightDecay: number;
  private readonly rule: UpdateRule;
  private readonly kept = new Map<string, Kept>();

  constructor(parameters: readonly Parameter[], settings: OptimizerRecipe) {
    this.parameters = parameters;
    this.weightDecay = settings.weightDecay;
    this.rule = ruleOf(settings);
  }

  /** One update of every parameter that has a gradient; `gradients` by the variables' names. */
  apply(gradients: NamedTensorMap, hyper: StepHyper): void {
    const parameters = this.parameters.filter(({ variable }) => gradients[variable.name]);
    const update = this.prepare(parameters, hyper);
    update.apply(gradients);
    tf.dispose([...update.scalars]);
  }

  /** Counts one more update of these parameters. The caller disposes of the scalars. */
  prepare(parameters: readonly Parameter[], { learningRates, momentum }: StepHyper): PreparedUpdate {
    const scalars = new Map<string, Tensor1D>();
    const updates = parameters.map((parameter) => {
      const kept = this.kept.get(parameter.name) ?? this.keep(parameter);
      const step = ++kept.steps;
      const weightDecay = decayed.has(parameter.kind) ? this.weightDecay : 0;
      const key = `${parameter.group} ${weightDecay} ${step}`;
      const learningRate = learningRates.at(parameter.group)!;
      const shared = scalars.get(key) ?? this.rule.scalars({ learningRate, momentum, weightDecay, step });
      scalars.set(key, shared);
      return { weight: parameter.variable, moments: kept.moments, scalars: shared };
    });
    return {
      scalars: [...scalars.values()],
      variables: updates.flatMap(({ moments }) => moments),
      apply: (gradients) => {
        this.rule.apply(updates.map((update) => ({ ...update, gradient: gradients[update.weight.name]! })));
      },
    };
  }

  /** Forgets all moments and counts. */
  clear(): void {
    for (const { moments } of this.kept.values()) tf.dispose([...moments]);
    this.kept.clear();
  }

  async save(): Promise<Saved> {
    const steps = Object.fromEntries([...this.kept].map(([name, kept]) => [name, kept.steps]));
    return { values: steps, tensors: await readVariables(this.momentVariables()) };
  }

  load(saved: Saved): void {
    const steps = savedSteps.parse(saved.values);
    this.clear();
    for (const parameter of this.parameters) {
      const count = steps[parameter.name];
      if (count !== undefined) this.keep(parameter).steps = count;
    }
    writeVariables(this.momentVariables(), saved.tensors);
  }

  dispose(): void {
    this.clear();
  }

  private keep(parameter: Parameter): Kept {
    const zeros = () => tf.tidy(() => tf.variable(tf.zeros(parameter.variable.shape), false));
    const kept = { moments: this.rule.moments.map(zeros), steps: 0 };
    this.kept.set(parameter.name, kept);
    return kept;
  }

  private momentVariables() {
    return [...this.kept].flatMap(([parameter, { moments }]) =>
      moments.map((variable, i) => ({ name: `${this.rule.moments[i]!}.${parameter}`, variable })),
    );
  }
}
