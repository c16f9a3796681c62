export { acceptsConvolution, conv2d, emitConvolution } from './forward.ts';
export { conv2dBackpropInput } from './input-gradient.ts';
export { conv2dBackpropFilter } from './filter-gradient.ts';
