import { networkFolder } from './network-folder.ts';
import { tfjsFiles } from './tfjs/files.ts';

/** <run>-<role>-tfjs/: a graph model of TensorFlow.js. */
export const tfjs = networkFolder('tfjs', 'tfjs', tfjsFiles);
