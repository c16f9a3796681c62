// tfjs-core's own entry for Node registers no gradients; the union package does, for every backend at once.
import '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs-core';

// Silences tfjs's advertisement for tfjs-node and skips its per-kernel NaN scans.
tf.enableProdMode();
