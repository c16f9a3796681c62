import type { ErrorValue } from './errors.ts';
import type { ExportedFile } from './exported.ts';

/**
 * What states something about a network: its graph, its user (the recipe), the metadata in its file, the files beside it, or nothing,
 * so that the recipe's own images are taken (recipe) or what is usual (usual).
 */
export type Origin = 'graph' | 'user' | 'metadata' | 'beside' | 'recipe' | 'usual';

/** In words, where they do not depend on who asks. */
export const originWords = {
  graph: 'fixed by the network',
  metadata: 'stated in the file',
  beside: 'from preprocessor_config.json beside it',
  usual: 'not stated: the usual order',
} satisfies Partial<Record<Origin, string>>;

/** An input or output of a graph; a dimension that is left open is a name, which may be empty. */
export interface OnnxPort {
  name: string;
  /** E.g. 'float32'. */
  type: string;
  shape: (number | string)[];
}

/** What is in an ONNX file that is to be a teacher. */
export interface OnnxInspection {
  file: string;
  /** Of the file itself, without weights beside it. */
  bytes: number;
  /** Values of its initializers. */
  values: number;
  input: OnnxPort &
    ExportedFile['input'] & {
      layout: 'NCHW' | 'NHWC';
      /** Images in every call; null: any number. */
      batch: number | null;
    };
  origins: Record<'size' | 'resize' | 'values' | 'channels', Origin>;
  outputs: OnnxPort[];
  /** The name of the one that is read. */
  read: string;
  gives: 'logits' | 'probabilities';
  /** Values of it for an image: what the teacher can name. */
  count: number;
  /** By the file or the files beside it, in the order of the outputs; null: stated nowhere. */
  classNames: string[] | null;
  /** The names by the file in `teacher.classes`, or why it cannot be read; null: no file is named there. */
  listed: { names: string[] } | { error: ErrorValue } | null;
}
