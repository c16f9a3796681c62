import { readFile } from 'node:fs/promises';
import { architectureName } from '../../../contract/architectures.ts';
import { resource } from '../../../platform/resources.ts';
import type { TrainedNetwork } from '../trained-network.ts';
import { sources } from './sources.ts';

const partText = (name: string): Promise<string> => readFile(resource('export', 'pytorch', name), 'utf8');

const indented = (lines: readonly string[]): string => lines.map((line) => `        ${line}`).join('\n');

/** model.py: this network alone, its numbers filled in, in plain PyTorch, with the names of the weights file. */
export async function modelSource({
  recipe,
  graph,
}: Pick<TrainedNetwork, 'recipe' | 'graph'>): Promise<string> {
  const { className, body } = sources[recipe.architecture];
  const { parts: files, modules, forward } = body({ recipe, graph });
  const parts = await Promise.all(files.map(partText));
  const { size, classes } = graph;
  const network = `class ${className}(nn.Module):
    """Images [n, 3, ${size}, ${size}], normalised RGB, to logits [n, ${classes}]."""

    def __init__(self) -> None:
        super().__init__()
${indented(modules)}

    def forward(self, images: torch.Tensor) -> torch.Tensor:
${indented(forward)}
`;
  const intro = `"""${architectureName(recipe.architecture)} for ${classes} classes, as Distill Studio trained it.

load.py shows how its weights are loaded and how an image is prepared.
"""

import torch
from torch import nn
`;
  return [intro, ...parts, network].join('\n\n');
}
