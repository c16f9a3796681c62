export { acceptsConvolution, conv2d, emitConvolution } from './forward.ts';
export { conv2dBackpropInput, emitInputGradient } from './input-gradient.ts';
export { conv2dBackpropFilter, emitFilterGradient } from './filter-gradient.ts';
