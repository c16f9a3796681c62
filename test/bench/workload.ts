import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { backendNames } from '../../electron/contract/doctor.ts';
import { recipeSchema, type Recipe } from '../../electron/contract/recipe.ts';
import { modelSchema, type ModelRecipe } from '../../electron/contract/recipe/model.ts';
import { resource } from '../../electron/platform/resources.ts';

/** What a process is to compute, step by step: given to ours and to a peer's in the same words. */
export const workloadSchema = z.strictObject({
  student: modelSchema,
  /** null: labels only. */
  teacher: modelSchema.nullable(),
  /** Whether the teacher's logits are looked up instead of computed. Ours only. */
  storedLogits: z.boolean(),
  classes: z.number().int(),
  size: z.number().int(),
  batchSize: z.number().int(),
  /** Ours only. */
  trace: z.boolean(),
  /** Ours only. */
  backend: z.enum(['auto', ...backendNames]),
  threads: z.number().int(),
});

export type Workload = z.output<typeof workloadSchema>;

export const classes = 43;
/** The GTSRB notebook's, whose teacher and student these are. */
export const distillationPreset = 'seed-2021';

/** Batches that take turns: as many as the loader keeps in memory. */
export const batchCount = 4;
/** Steps before anything is measured; the first one or two build graphs. */
export const warmUpSteps = 3;

/** The recipe of the smallest student in use, and of the images it sees. */
export function tinyRecipe(): Recipe {
  return recipeSchema.parse(JSON.parse(readFileSync(resource('recipes', 'gtsrb-32.json'), 'utf8')));
}

/** A model and what it is fed with. */
export interface Shape {
  model: ModelRecipe;
  size: number;
  batchSize: number;
}

const model = (architecture: ModelRecipe['architecture']): ModelRecipe => modelSchema.parse({ architecture });

export const presets = {
  resnet18: () => ({ model: model('resnet18'), size: 96, batchSize: 32 }),
  mobilenet: () => ({ model: model('mobilenet_v2'), size: 96, batchSize: 32 }),
  tiny: () => {
    const { student, data } = tinyRecipe();
    return { model: student.model, size: data.image.size, batchSize: 128 };
  },
} satisfies Record<string, () => Shape>;

export type PresetName = keyof typeof presets;

export const presetNames = Object.keys(presets) as PresetName[];

/** As a heading names it: resnet18, 96 px, batch 32. */
export function shapeTitle({ model: { architecture, width, stem }, size, batchSize }: Shape): string {
  return [
    architecture,
    ...(width === null ? [] : [`width ${width}`]),
    ...(stem === 'imagenet' ? [] : [`stem ${stem}`]),
    `${size} px`,
    `batch ${batchSize}`,
  ].join(', ');
}
