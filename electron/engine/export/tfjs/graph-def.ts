/** TensorFlow's GraphDef as JSON, the way tfjs's graph models hold it: https://github.com/tensorflow/tensorflow/blob/master/tensorflow/core/framework/graph.proto. */

export interface ShapeDef {
  dim: { size: string }[];
}

export type AttrValue =
  | { type: 'DT_FLOAT' | 'DT_INT32' }
  | { shape: ShapeDef }
  | { tensor: { dtype: 'DT_FLOAT' | 'DT_INT32'; tensorShape: ShapeDef } }
  | { i: string }
  | { f: number }
  | { b: boolean }
  /** Texts are base64. */
  | { s: string }
  | { list: { i: string[] } | { s: string[] } };

export interface NodeDef {
  name: string;
  op: string;
  input?: string[];
  attr: Record<string, AttrValue>;
}

/** -1: any number. */
export const shapeDef = (shape: readonly number[]): ShapeDef => ({
  dim: shape.map((size) => ({ size: String(size) })),
});

const base64 = (text: string): string => Buffer.from(text).toString('base64');

export const text = (value: string): AttrValue => ({ s: base64(value) });
export const texts = (values: readonly string[]): AttrValue => ({ list: { s: values.map(base64) } });
export const integer = (value: number): AttrValue => ({ i: String(value) });
export const integers = (values: readonly number[]): AttrValue => ({ list: { i: values.map(String) } });
export const float32: AttrValue = { type: 'DT_FLOAT' };
export const int32: AttrValue = { type: 'DT_INT32' };
