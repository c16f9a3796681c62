import type { Layers } from './layers.ts';

export interface BlockOptions {
  /** Channels of the inner convolutions. */
  channels: number;
  stride: number;
  /** Whether the shortcut is a 1x1 convolution, because the block changes the shape. */
  project: boolean;
}

export interface Block {
  /** Output channels as a multiple of the inner ones. */
  expansion: number;
  build<V>(layers: Layers<V>, name: string, x: V, options: BlockOptions): V;
}

function shortcut<V>(layers: Layers<V>, name: string, x: V, channels: number, options: BlockOptions): V {
  if (!options.project) return x;
  const { stride } = options;
  const y = layers.conv(`${name}.downsample.0`, x, { channels, kernel: 1, stride, padding: 0 });
  return layers.norm(`${name}.downsample.1`, y);
}

/** Two 3x3 convolutions (He et al., 2016). */
export const basicBlock: Block = {
  expansion: 1,
  build(layers, name, x, options) {
    const { channels, stride } = options;
    let y = layers.conv(`${name}.conv1`, x, { channels, kernel: 3, stride, padding: 1 });
    y = layers.norm(`${name}.bn1`, y, { activation: 'relu' });
    y = layers.conv(`${name}.conv2`, y, { channels, kernel: 3, stride: 1, padding: 1 });
    const skip = () => shortcut(layers, name, x, channels, options);
    return layers.norm(`${name}.bn2`, y, { activation: 'relu', skip });
  },
};

/** 1x1, 3x3, 1x1 convolutions; the stride is the 3x3's, as torchvision has it (ResNet v1.5). */
export const bottleneck: Block = {
  expansion: 4,
  build(layers, name, x, options) {
    const { channels, stride } = options;
    const out = channels * bottleneck.expansion;
    let y = layers.conv(`${name}.conv1`, x, { channels, kernel: 1, stride: 1, padding: 0 });
    y = layers.norm(`${name}.bn1`, y, { activation: 'relu' });
    y = layers.conv(`${name}.conv2`, y, { channels, kernel: 3, stride, padding: 1 });
    y = layers.norm(`${name}.bn2`, y, { activation: 'relu' });
    y = layers.conv(`${name}.conv3`, y, { channels: out, kernel: 1, stride: 1, padding: 0 });
    const skip = () => shortcut(layers, name, x, out, options);
    return layers.norm(`${name}.bn3`, y, { activation: 'relu', skip });
  },
};

export interface StageOptions {
  block: Block;
  count: number;
  inputChannels: number;
  channels: number;
  stride: number;
}

/** `count` blocks named '<name>.0', ...; the first has the stride, and projects its shortcut where the shape changes. */
export function residualStage<V>(layers: Layers<V>, name: string, x: V, options: StageOptions): V {
  const { block, count, inputChannels, channels, stride } = options;
  const project = stride !== 1 || inputChannels !== channels * block.expansion;
  let y = block.build(layers, `${name}.0`, x, { channels, stride, project });
  for (let i = 1; i < count; i++) {
    y = block.build(layers, `${name}.${i}`, y, { channels, stride: 1, project: false });
  }
  return layers.stage(name, y);
}
