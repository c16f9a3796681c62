import type { Emitter } from '../../emitter.ts';
import type { Value } from '../../layout.ts';
import { isSmallMap } from '../convolution/ways.ts';
import { BlockedChannels } from './blocked.ts';
import type { ChannelOps } from './ops.ts';
import { PlainChannels } from './plain.ts';

/** Whether a value of x's shape is best computed blocked. */
export const prefersBlocks = (e: Emitter, x: Value): boolean =>
  e.canBlock(x) && (x.blocked !== null || !isSmallMap(x.shape[1]!, x.shape[2]!));

/** The layout for sums and affine maps over x's channels. */
export const channelsOf = (e: Emitter, x: Value): ChannelOps =>
  prefersBlocks(e, x)
    ? new BlockedChannels(e, x.shape as [number, number, number, number])
    : new PlainChannels(e, x.shape);
