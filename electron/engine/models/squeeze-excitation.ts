import type { Nonlinearity } from '../backend/ops/activation.ts';
import { filterAsLinear } from './initialise.ts';
import type { Layers } from './layers.ts';

export interface SqueezeOptions {
  /** Channels of the map. */
  channels: number;
  /** Units between the two layers. */
  squeezed: number;
  /** After the first layer, and of the gates. */
  activation: 'relu' | 'silu';
  gates: Extract<Nonlinearity, 'sigmoid' | 'hard-sigmoid'>;
}

/**
 * Squeeze-and-excitation (Hu et al., 2018): each channel times a gate that two layers compute from the averages of all.
 * torchvision's SqueezeExcitation, whose layers are 1x1 convolutions named 'fc1' and 'fc2'.
 */
export function squeezeExcitation<V>(layers: Layers<V>, name: string, x: V, options: SqueezeOptions): V {
  const { channels, squeezed, activation, gates } = options;
  const layer = (part: string, vector: V, units: number): V =>
    layers.linear(`${name}.${part}`, vector, {
      units,
      bias: true,
      initial: filterAsLinear,
      module: 'Conv2d',
    });
  const hidden = layer('fc1', layers.globalAveragePool(`${name}.avgpool`, x), squeezed);
  const active = activation === 'relu' ? layers.relu(hidden) : layers.nonlinear(hidden, 'silu');
  return layers.gate(x, layers.nonlinear(layer('fc2', active, channels), gates));
}
