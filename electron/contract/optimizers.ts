import { z } from 'zod';
import type { Format, NumberField } from './number-field.ts';
import { adamw, adamwSchema } from './optimizers/adamw.ts';
import type { OptimizerDescriptor } from './optimizers/descriptor.ts';
import { sgd, sgdSchema } from './optimizers/sgd.ts';

export const optimizerSchema = z.discriminatedUnion('name', [adamwSchema, sgdSchema]);

export type OptimizerRecipe = z.output<typeof optimizerSchema>;
export type OptimizerName = OptimizerRecipe['name'];
/** The settings of one optimiser. */
export type OptimizerOf<Name extends OptimizerName> = Extract<OptimizerRecipe, { name: Name }>;

type Descriptors = { [Name in OptimizerName]: OptimizerDescriptor<OptimizerOf<Name>> };

/** What wizard, review, report and terminal read of every optimiser; a schema above without its descriptor does not compile. */
export const optimizerDescriptors: Descriptors = { adamw, sgd };

export const optimizerNames = Object.keys(optimizerDescriptors) as OptimizerName[];

export const optimizerLabels = Object.fromEntries(
  optimizerNames.map((name) => [name, optimizerDescriptors[name].label]),
) as Record<OptimizerName, string>;

/** What updates a network, after "by": AdamW (weight decay 0.01). */
export const optimizerWords = <Name extends OptimizerName>(
  settings: OptimizerOf<Name>,
  format: Format,
): string => optimizerDescriptors[settings.name].named(settings, format);

/** The numbers of one optimiser, by their names. */
export const optimizerNumbersOf = (name: OptimizerName): Readonly<Record<string, NumberField>> =>
  optimizerDescriptors[name].numbers;

/** The numbers that some optimiser has, by their names. */
export const optimizerNumbers: Readonly<Record<string, NumberField>> = Object.fromEntries(
  optimizerNames.flatMap((name) => Object.entries(optimizerNumbersOf(name))),
);
