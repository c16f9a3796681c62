/**
 * A process of its own that loads a freshly linked addon and multiplies two small matrices: a library that does not fit may end
 * the process. Argument: the installation as JSON. Prints what was loaded as JSON on its last line.
 */
import * as tf from '@tensorflow/tfjs-core';
import type { Installation } from './installation.ts';
import { registerTensorflow } from './register.ts';

const loaded = registerTensorflow(JSON.parse(process.argv[2]!) as Installation);
await tf.setBackend('tensorflow');
await tf.ready();
const product = tf.matMul(tf.tensor2d([1, 2, 3, 4], [2, 2]), tf.tensor2d([5, 6, 7, 8], [2, 2]));
const values = [...(await product.data())];
if (values.join() !== '19,22,43,50') throw new Error(`A product of matrices came out as ${values.join()}.`);
process.stdout.write(`\n${JSON.stringify(loaded)}\n`);
