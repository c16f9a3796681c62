import { readFile } from 'node:fs/promises';
import { architectureName } from '../../../contract/architectures.ts';
import { resource } from '../../../platform/resources.ts';
import type { TrainedNetwork } from '../trained-network.ts';
import { sources } from './sources.ts';

const partText = (name: string): Promise<string> => readFile(resource('export', 'pytorch', name), 'utf8');

const indented = (lines: readonly string[]): string => lines.map((line) => `        ${line}`).join('\n');

const fileOf = async (intro: string, files: readonly string[], network: string): Promise<string> =>
  [
    `${intro}\n\nimport torch\nfrom torch import nn\n`,
    ...(await Promise.all(files.map(partText))),
    network,
  ].join('\n\n');

type Network = Pick<TrainedNetwork, 'recipe' | 'graph'>;

/** model.py: this network alone, its numbers filled in, in plain PyTorch, with the names of the weights file. */
export async function modelSource({ recipe, graph }: Network): Promise<string> {
  const { className, body } = sources[recipe.architecture];
  const { parts, modules, forward, result } = body({ recipe, graph }, { isTrained: false });
  const { size, classes } = graph;
  const network = `class ${className}(nn.Module):
    """Images [n, 3, ${size}, ${size}], normalised RGB, to logits [n, ${classes}]."""

    def __init__(self) -> None:
        super().__init__()
${indented(modules)}

    def forward(self, images: torch.Tensor) -> torch.Tensor:
${indented([...forward, `return ${result}`])}
`;
  const intro = `"""${architectureName(recipe.architecture)} for ${classes} classes, as Distill Studio trained it.

load.py shows how its weights are loaded and how an image is prepared.
"""`;
  return fileOf(intro, parts, network);
}

/**
 * The same network to be trained: forward gives the outputs of the stages as well, by their names, and the class names the modules of
 * each parameter group (`groups`).
 */
export async function trainableSource(
  { recipe, graph }: Network,
  groups: readonly (readonly string[])[],
): Promise<string> {
  const { className, body } = sources[recipe.architecture];
  const { parts, modules, forward, result } = body({ recipe, graph }, { isTrained: true });
  const { size, classes } = graph;
  const tuple = (names: readonly string[]) =>
    `(${names.map((name) => `"${name}"`).join(', ')}${names.length === 1 ? ',' : ''})`;
  const network = `class ${className}(nn.Module):
    """Images [n, 3, ${size}, ${size}], normalised RGB, to logits [n, ${classes}] and the outputs of its stages."""

    # The modules of each parameter group, from the image to the head.
    parameter_groups = (
${groups.map((names) => `        ${tuple(names)},`).join('\n')}
    )

    def __init__(self) -> None:
        super().__init__()
${indented(modules)}

    def forward(self, images: torch.Tensor) -> tuple[torch.Tensor, dict[str, torch.Tensor]]:
${indented(['stages = {}', ...forward, `return ${result}, stages`])}
`;
  return fileOf(`"""${architectureName(recipe.architecture)} for ${classes} classes."""`, parts, network);
}
