import * as tf from '@tensorflow/tfjs-core';
import type { Tensor1D, Tensor2D, Variable } from '@tensorflow/tfjs-core';
import { DistillError } from '../../contract/errors.ts';
import type { ModelRecipe } from '../../contract/recipe/model.ts';
import { meanSquaredDifference } from '../backend/ops/losses.ts';
import { absentLogit } from '../models/covering.ts';
import { lastLayer, type LastLayer } from '../models/last-layer.ts';
import { isModel, type Model, type Parameter } from '../models/model.ts';
import { createProjection } from './adapter.ts';
import type { DistillationTerm, TermContext } from './term.ts';
import { onPenultimate, penultimateOf, requirePenultimate } from './vectors.ts';

const refused = (message: string, hint: string) => new DistillError('RECIPE_INVALID', message, hint);

const linearOf = (role: 'student' | 'teacher', recipe: ModelRecipe): LastLayer => {
  const layer = lastLayer(recipe);
  if (layer.isLinear) return layer;
  throw refused(
    `The ${role}, ${recipe.architecture}, does not end with a linear layer, so that no classifier can be reused.`,
    `Choose another ${role}, or another distillation method.`,
  );
};

/** Throws DistillError RECIPE_INVALID where the student's last layer cannot stand for a projection and the teacher's. */
export function checkReuse(
  student: ModelRecipe,
  teacher: ModelRecipe,
  covers: readonly number[] | null = null,
): { own: LastLayer; reused: LastLayer } {
  const own = linearOf('student', student);
  const reused = linearOf('teacher', teacher);
  if (own.bias === null && (reused.bias !== null || covers !== null))
    throw refused(
      "The student's last layer has no bias, and the teacher's classifier needs one.",
      'Set student.model.head to "linear", or choose another distillation method.',
    );
  return { own, reused };
}

interface Layer {
  /** [units, classes] */
  weight: Tensor2D;
  /** [classes] */
  bias: Tensor1D | null;
}

const variableOf = (parameters: readonly Parameter[], name: string): Variable =>
  parameters.find((one) => one.name === name)!.variable;

/** Linear layers are kept as 1x1 convolutions in some families. */
const asMatrix = (variable: Variable): Tensor2D => {
  const [inputs, outputs] = variable.shape.slice(-2);
  return tf.reshape<tf.Rank.R2>(variable, [inputs!, outputs!]);
};

/** What makes the teacher's logits of its penultimate vector; classes that it does not know have `absentLogit`. */
function classifierOf({ parameters, classes, covers }: Model, { weight, bias }: LastLayer): Layer {
  const matrix = asMatrix(variableOf(parameters, weight));
  const own = bias === null ? null : variableOf(parameters, bias);
  if (!covers) return { weight: matrix, bias: own as Tensor1D | null };
  const known = Float32Array.from({ length: classes }, (_, id) => (covers.includes(id) ? 1 : 0));
  const absent = tf.tensor1d(known.map((one) => (one === 1 ? 0 : absentLogit)));
  return {
    weight: tf.mul<Tensor2D>(matrix, tf.tensor2d(known, [1, classes])),
    bias: own ? tf.add(tf.mul(own, tf.tensor1d(known)), absent) : absent,
  };
}

/**
 * mean((p(student) - teacher)^2) over batch and units of the penultimate vectors, where p is a learnt linear projection. The student's
 * logits are the teacher's classifier, which stays as it is, on the projected vector. Both are linear, so that the student's own last
 * layer can stand for them: after every update it is written anew from them (weight W_p W_t, bias b_p W_t + b_t), which is why the
 * student is an ordinary network of its architecture wherever it is evaluated, kept or exported.
 * Chen et al., "Knowledge Distillation with the Reused Teacher Classifier", 2022 (arXiv 2203.14001), equation 4, on vectors in place of
 * feature maps; there the projector is three convolutions with batch norm, which remain in the student. The weight is 1, that of the
 * labels 0 (github.com/DefangChen/SimKD, scripts/run_distill.sh).
 * Throws DistillError RECIPE_INVALID where a last layer is not linear or the student's has no bias to hold the teacher's.
 */
export function reusedClassifier(_: object, context: TermContext): DistillationTerm {
  const { student, network, seed, index } = context;
  requirePenultimate(context.teacher);
  if (!network || !isModel(network))
    throw new DistillError('INTERNAL', 'The teacher whose classifier is reused is missing.');
  const { own, reused } = checkReuse(student, network.recipe, network.covers);
  const projection = createProjection({
    name: `adapter${index}`,
    inputs: own.units,
    outputs: reused.units,
    hasBias: own.bias !== null,
    seed,
    index,
  });
  const classify = (vectors: Tensor2D): Tensor2D => {
    const { weight, bias } = classifierOf(network, reused);
    const logits = tf.matMul<Tensor2D>(vectors, weight);
    return bias ? tf.add<Tensor2D>(logits, bias) : logits;
  };
  return {
    needs: { student: onPenultimate, teacher: onPenultimate },
    parameters: projection.parameters,
    loss: (outputs, teacher) =>
      meanSquaredDifference(projection.apply(penultimateOf(outputs)), penultimateOf(teacher)),
    classifier: {
      replaced: [own.weight, ...(own.bias === null ? [] : [own.bias])],
      logits: (outputs) => classify(projection.apply(penultimateOf(outputs))),
      fold: (model) => {
        if (model.classes !== network.classes)
          throw new DistillError(
            'INVALID_INPUT',
            `The teacher has ${network.classes} outputs and the student ${model.classes}.`,
            'Use a teacher that was trained on the same list of classes.',
          );
        tf.tidy(() => {
          const { weight, bias } = classifierOf(network, reused);
          const target = variableOf(model.parameters, own.weight);
          target.assign(tf.reshape(tf.matMul(projection.weight, weight), target.shape));
          if (own.bias === null) return;
          const moved = tf.reshape(tf.matMul(tf.expandDims(projection.bias!, 0), weight), [model.classes]);
          variableOf(model.parameters, own.bias).assign(bias ? tf.add(moved, bias) : moved);
        });
      },
    },
  };
}
