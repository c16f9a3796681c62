import type { Recipe } from '../../contract/recipe.ts';
import type { ImageRecipe } from '../../contract/recipe/image.ts';
import { imageOf } from '../../contract/role-image.ts';
import { createDistillation } from '../distill/distillation.ts';
import type { FolderFiles } from '../export/network-folder.ts';
import { trainableSource } from '../export/pytorch/model-source.ts';
import { sources } from '../export/pytorch/sources.ts';
import { type Log, modelSeed, startModel } from '../inputs/models.ts';
import { readTeacher } from '../inputs/read-teacher.ts';
import { inferenceGraph } from '../models/inference/trace.ts';
import { isModel, type Model } from '../models/index.ts';
import { toTorch, torchShape } from '../models/weights/layout.ts';
import { encodeSafetensors } from '../models/weights/safetensors.ts';
import { encodeModel } from '../models/weights/save.ts';
import { groupModules } from './parameter-groups.ts';
import { refusedOnnxOfRun, refusedPart } from './refusals.ts';

/** What the project knows of a network, in project.json. */
export interface NetworkEntry {
  class: string;
  model: Model['recipe'];
  image: ImageRecipe;
}

export interface Networks {
  entries: Record<'student' | 'teacher', NetworkEntry>;
  /** Their sources and weights. */
  files: FolderFiles;
}

interface Opened {
  model: Model;
  image: ImageRecipe;
}

/** The teacher as it begins: with its start weights, or with those of one that is trained already. */
async function openTeacher(recipe: Recipe, classes: string[], log: Log): Promise<Opened> {
  const { teacher, data } = recipe;
  if (teacher.source === 'train')
    return {
      model: await startModel(recipe, 'teacher', classes.length, log),
      image: imageOf(recipe, 'teacher'),
    };
  if (teacher.source === 'onnx' || teacher.source === 'ensemble')
    throw new Error('This teacher was to be refused.');
  const { model, image } = await readTeacher(teacher, { dataset: classes, image: data.image, log });
  if (isModel(model) && !model.covers) return { model, image };
  model.dispose();
  throw model.covers ? refusedPart(model.covers.length, classes.length) : refusedOnnxOfRun();
}

/** The first weights of the adapters, in PyTorch's layout; null where no term has one. */
function adapters(recipe: Recipe, teacher: Model): Uint8Array | null {
  const distillation = createDistillation(recipe.distillation, {
    student: recipe.student.model,
    teacher: teacher.recipe,
    network: teacher,
    seed: modelSeed(recipe, 'student'),
  });
  try {
    const { parameters } = distillation;
    if (parameters.length === 0) return null;
    return encodeSafetensors(
      new Map(
        parameters.map(({ name, kind, variable }) => [
          name,
          {
            shape: torchShape(kind, variable.shape),
            data: toTorch(kind, variable.shape, variable.dataSync<'float32'>()),
          },
        ]),
      ),
    );
  } finally {
    distillation.dispose();
  }
}

async function sourceOf({ model, image }: Opened): Promise<string> {
  const { recipe, classes, parameters } = model;
  const graph = inferenceGraph(recipe, classes, image.size);
  return trainableSource({ recipe, graph }, groupModules(parameters));
}

/**
 * Both networks as source and weights: those that the engine's own training would begin with, so that nothing about them has to be
 * drawn again. Throws what reading the weights throws, and RECIPE_INVALID for a teacher that the project cannot run.
 */
export async function projectNetworks(recipe: Recipe, classes: string[], log: Log): Promise<Networks> {
  const teacher = await openTeacher(recipe, classes, log);
  try {
    const student = {
      model: await startModel(recipe, 'student', classes.length, log),
      image: recipe.data.image,
    };
    try {
      const ofAdapters = adapters(recipe, teacher.model);
      const entry = ({ model, image }: Opened): NetworkEntry => ({
        class: sources[model.recipe.architecture].className,
        model: model.recipe,
        image,
      });
      const weights = ({ model, image }: Opened) => encodeModel(model, { classNames: classes, image });
      return {
        entries: { student: entry(student), teacher: entry(teacher) },
        files: {
          'networks/__init__.py': '',
          'networks/student.py': await sourceOf(student),
          'networks/teacher.py': await sourceOf(teacher),
          'weights/student.safetensors': weights(student),
          'weights/teacher.safetensors': weights(teacher),
          ...(ofAdapters && { 'weights/adapters.safetensors': ofAdapters }),
        },
      };
    } finally {
      student.model.dispose();
    }
  } finally {
    teacher.model.dispose();
  }
}
