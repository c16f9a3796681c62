/** What the binding takes as a tensor; plain objects will do. */
export interface Feed {
  type: string;
  dims: readonly number[];
  data: ArrayBufferView;
  location: 'cpu';
}

/** A tensor in a device's memory, made by a session that must outlive it. */
export interface DeviceTensor {
  readonly type: string;
  readonly dims: readonly number[];
  dispose: () => void;
}

/** By the names of inputs or outputs. */
export type Feeds = Record<string, Feed | DeviceTensor>;

/** A float32 feed over an existing array. */
export function floatFeed(data: Float32Array, dims: readonly number[]): Feed {
  return { type: 'float32', dims, data, location: 'cpu' };
}
