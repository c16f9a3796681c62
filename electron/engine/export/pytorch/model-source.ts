import { readFile } from 'node:fs/promises';
import { architectureName } from '../../../contract/architectures.ts';
import { resource } from '../../../platform/resources.ts';
import type { TrainedNetwork } from '../trained-network.ts';
import { sources } from './sources.ts';
import { headOf } from './head.ts';

const partText = (name: string): Promise<string> => readFile(resource('export', 'pytorch', name), 'utf8');

const indented = (lines: readonly string[]): string => lines.map((line) => `        ${line}`).join('\n');

/** model.py: this network alone, its numbers filled in, in plain PyTorch, with the names of the weights file. */
export async function modelSource({ recipe, graph }: TrainedNetwork): Promise<string> {
  const body = sources[recipe.architecture].body(graph);
  const head = headOf(graph);
  const parts = await Promise.all([...body.parts, ...head.parts].map(partText));
  const { size, classes } = graph;
  const network = `class ${sources[recipe.architecture].className}(nn.Module):
    """Images [n, 3, ${size}, ${size}], normalised RGB, to logits [n, ${classes}]."""

    def __init__(self) -> None:
        super().__init__()
${indented([...body.modules, ...head.modules])}

    def forward(self, images: torch.Tensor) -> torch.Tensor:
${indented([...body.forward, ...head.forward])}
`;
  const intro = `"""${architectureName(recipe.architecture)} for ${classes} classes, as Distill Studio trained it.

load.py shows how its weights are loaded and how an image is prepared.
"""

import torch
from torch import nn
`;
  return [intro, ...parts, network].join('\n\n');
}
