import { architectureName } from '../../contract/architectures.ts';
import type { Recipe } from '../../contract/recipe.ts';
import type { Role } from '../../contract/run.ts';
import { listed } from '../../contract/listed.ts';
import type { Networks } from './networks.ts';

export interface ReadmeFacts {
  recipe: Recipe;
  roles: readonly Role[];
  entries: Networks['entries'];
  /** Of the images: absolute, or in the project. */
  images: string;
}

const given = `
The teacher is trained already; its weights are \`weights/teacher.safetensors\`.
`;

const trains = (roles: readonly Role[]): string =>
  roles.length === 1
    ? `This trains the ${roles.join()} and writes it to \`trained/${roles.join()}.safetensors\`.`
    : `This trains ${listed(roles)}, one after the other, and writes each to \`trained/<role>.safetensors\`.`;

export const readme = ({
  recipe,
  roles,
  entries: { student, teacher },
  images,
}: ReadmeFacts): string => `# ${recipe.name}

Knowledge distillation in plain PyTorch: ${architectureName(teacher.model.architecture)} teaches ${architectureName(student.model.architecture)}. Written by Distill Studio from a
recipe, which is in \`recipe.json\` with every default.
${roles.includes('teacher') ? '' : given}
    pip install -r requirements.txt
    torchrun --standalone --nproc-per-node 2 train.py
    python evaluate.py

${trains(roles)} A training that is cut off goes on after its last
whole epoch when the same command is given again. Without torchrun, \`python train.py\` trains in one process.

On several machines, the same command on each of them (here two with 4 processes each), with this folder and the images on a
file system that they share:

    torchrun --nnodes 2 --nproc-per-node 4 --rdzv-backend c10d --rdzv-endpoint first-machine:29500 train.py

The batch size stays the recipe's (${recipe.student.training.batchSize} for the student), whatever the number of processes: each takes an equal share, so that the number of
processes must divide it. By default each process computes batch norm over its own share, as is usual; with \`--sync-batch-norm\`
it is computed over the whole batch, as in a run of Distill Studio, at the price of more communication.

- \`split.csv\`: the images, their labels and what each is used for, as Distill Studio divided them; their names are relative to
  \`${images}\`, and \`--images\` names another folder.
- \`networks/\`: student and teacher, with torchvision's names of parameters. \`weights/\`: what training starts from.
- \`data.py\`, \`augmentation.py\`, \`images.py\`: from files to batches.
- \`losses.py\`: labels and distillation terms. \`schedule.py\`, \`optimizer.py\`: rates and momentum, the optimiser by parameter groups, \`average.py\`: the
  average of the weights.
- \`train.py\`, \`checkpoint.py\`, \`scores.py\`, \`evaluate.py\`: training and scores. \`distributed.py\`, \`batch_norm.py\`: processes.

What differs from a run of Distill Studio: the order of the images, their augmentation and dropout come from other random
numbers, with the same parameters and meaning. Test-time augmentation and exports are not here.

The weights come back: as a teacher by \`"teacher": {"source": "weights", "path": "trained/teacher.safetensors", "model": ...}\` with the
model of \`recipe.json\`, as a start by \`"weights": "trained/student.safetensors"\`.
`;
