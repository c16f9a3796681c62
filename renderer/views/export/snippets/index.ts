import { cppSnippet } from './cpp.ts';
import { nodeSnippet, tfjsSnippet, webOnnxSnippet } from './javascript.ts';
import { kotlinSnippet } from './kotlin.ts';
import { pythonLitertSnippet, pythonOnnxSnippet, pytorchSnippet } from './python.ts';
import type { Snippet } from './snippet.ts';

/** A language is an entry here. */
export const snippets: readonly Snippet[] = [
  pytorchSnippet,
  pythonOnnxSnippet,
  nodeSnippet,
  webOnnxSnippet,
  tfjsSnippet,
  kotlinSnippet,
  pythonLitertSnippet,
  cppSnippet,
];
