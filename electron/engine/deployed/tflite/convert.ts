import type { GraphBuilder } from '../../backend/onnx/graph.ts';
import { fusedActivations } from '../../flatbuffer/tflite.ts';
import { product } from '../../models/describe.ts';
import { addStored, concatenate, elementwise, nonlinear, slice } from './elementwise.ts';
import type { TfliteModel, TfliteOperator } from './model.ts';
import { type Options, Values } from './values.ts';
import { weighted } from './weighted.ts';
import { averagePool, maxPool, pad, reduce } from './windows.ts';

/** The names of the converted graph's input, uint8 or float32 [n, height, width, channels], and output, float32 [n, classes]. */
export const [graphInput, graphOutput] = ['image', 'probabilities'];

/** The name of what an operator computes. */
function convertOperator(values: Values, operator: TfliteOperator): string {
  const { code, inputs, output } = operator;
  const options = (operator.options?.value ?? {}) as Options;
  const activation = Number(options['fused_activation_function'] ?? 0);
  const [first] = inputs;
  if (first === null || first === undefined) throw values.corrupt(`an operator ${code} has no input.`);
  switch (code) {
    case 'CONV_2D':
    case 'DEPTHWISE_CONV_2D':
    case 'FULLY_CONNECTED':
      return weighted(values, operator, options, activation);
    case 'MAX_POOL_2D':
      return maxPool(values, first, output, options, activation);
    case 'AVERAGE_POOL_2D':
      return averagePool(values, first, output, options, activation);
    case 'ADD':
      return values.isFloat(output) || inputs.some((input) => input !== null && values.isConstant(input))
        ? elementwise(values, 'Add', operator, activation)
        : addStored(values, operator, activation);
    case 'MUL':
      return elementwise(values, 'Mul', operator, activation);
    case 'SUB':
    case 'DIV':
      if (!values.isFloat(output)) throw values.unsupported(`it has the operator ${code} in integers`);
      return elementwise(values, code === 'SUB' ? 'Sub' : 'Div', operator, activation);
    case 'SQUARED_DIFFERENCE': {
      if (!values.isFloat(output)) throw values.unsupported(`it has the operator ${code} in integers`);
      const difference = elementwise(values, 'Sub', operator, fusedActivations.none);
      return values.graph.node('Mul', [difference, difference]);
    }
    case 'RSQRT':
      if (!values.isFloat(output)) throw values.unsupported(`it has the operator ${code} in integers`);
      return values.graph.node('Reciprocal', [values.graph.node('Sqrt', [values.value(first)])]);
    case 'LOGISTIC':
    case 'HARD_SWISH':
    case 'GELU':
      return nonlinear(values, code, first, output);
    case 'SLICE':
      return slice(values, operator);
    case 'RELU':
    case 'RELU6': {
      const kind = code === 'RELU' ? fusedActivations.relu : fusedActivations.relu6;
      return values.isFloat(output)
        ? values.activate(values.value(first), kind)
        : values.restep(first, output, kind);
    }
    case 'PAD':
      return pad(values, first, values.requiredInput(operator, 1), output);
    case 'MEAN':
    case 'REDUCE_MAX':
      return reduce(values, operator, Boolean(options['keep_dims']));
    case 'CONCATENATION':
      return concatenate(values, operator, Number(options['axis']), activation);
    case 'RESHAPE':
    case 'SQUEEZE': {
      const [from, to] = [values.tensor(first).shape, values.tensor(output).shape];
      if (from[0] !== 1 || to[0] !== 1) throw values.unsupported(`${code} moves the dimension of images`);
      const shaped = values.graph.node('Reshape', [
        values.pixelOrder(values.value(first), from.length),
        values.graph.ints([-1, ...to.slice(1)]),
      ]);
      return values.planeOrder(shaped, to.length);
    }
    case 'TRANSPOSE': {
      const order = values.integers(values.requiredInput(operator, 1));
      const rank = values.tensor(first).shape.length;
      if (order[0] !== 0 || order.length !== rank)
        throw values.unsupported('TRANSPOSE moves the dimension of images');
      const turned = values.graph.node('Transpose', [values.pixelOrder(values.value(first), rank)], {
        perm: order,
      });
      return values.planeOrder(turned, rank);
    }
    case 'SOFTMAX': {
      const beta = Number(options['beta'] ?? 1);
      const real = values.isFloat(first)
        ? values.value(first)
        : values.toReal(values.value(first), values.stored(first));
      if (values.tensor(first).shape.length === 4) throw values.unsupported('SOFTMAX is over an image');
      const scaled = beta === 1 ? real : values.graph.node('Mul', [real, values.graph.scalar(beta)]);
      const probabilities = values.graph.node('Softmax', [scaled], { axis: -1 });
      return values.isFloat(output) ? probabilities : values.toStored(probabilities, values.stored(output));
    }
    case 'QUANTIZE':
      return values.isFloat(first)
        ? values.toStored(values.value(first), values.stored(output))
        : values.restep(first, output, fusedActivations.none);
    case 'DEQUANTIZE': {
      if (!values.isConstant(first)) return values.toReal(values.value(first), values.stored(first));
      values.fold(output, first);
      return '';
    }
  }
}

/** Probabilities in float32, one row an image. */
function finish(values: Values, { output, operators }: TfliteModel): void {
  const tensor = values.tensor(output);
  const pixels = values.pixelOrder(values.value(output), tensor.shape.length);
  const flat = values.graph.node('Reshape', [pixels, values.graph.ints([-1, product([...tensor.shape])])]);
  const real = tensor.type === 'FLOAT32' ? flat : values.toReal(flat, values.stored(output));
  let from = operators.findLast((one) => one.output === output);
  while (from && ['RESHAPE', 'SQUEEZE', 'QUANTIZE', 'DEQUANTIZE'].includes(from.code)) {
    const [before] = from.inputs;
    from = operators.findLast((one) => one.output === before);
  }
  const isProbability = from?.code === 'SOFTMAX';
  values.graph.nodes(isProbability ? 'Identity' : 'Softmax', [real], 1, {}, { outputs: [graphOutput] });
  values.graph.output(graphOutput, 'float32', null);
}

/**
 * An ONNX graph that computes what a TensorFlow Lite model does, for any number of images. Float operators are ONNX's own; integer
 * ones are exact sums of products with TensorFlow Lite's rescaling. Only the integer softmax, products of two values, functions of
 * each element, a mean that drops its dimensions, and average pooling may be a step off, since they are rounded from float32. Throws UNSUPPORTED_FORMAT and WEIGHTS_CORRUPT.
 */
export function toGraph(model: TfliteModel): GraphBuilder {
  const { input, operators } = model;
  const values = new Values(model);
  const { type, shape } = values.tensor(input);
  const isFloat = type === 'FLOAT32';
  if (!isFloat && type !== 'UINT8' && type !== 'INT8')
    throw values.unsupported(`its input has the type ${type}`);
  if (shape.length !== 4 || shape[0] !== 1)
    throw values.unsupported(`its input has the shape ${shape.join(' x ')}`);
  values.graph.input(graphInput, isFloat ? 'float32' : 'uint8', null);
  values.set(input, values.planeOrder(graphInput, 4));
  for (const operator of operators) values.set(operator.output, convertOperator(values, operator));
  finish(values, model);
  return values.graph;
}
