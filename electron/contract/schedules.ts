import { z } from 'zod';
import type { Format, NumberField } from './number-field.ts';
import { constant, constantSchema } from './schedules/constant.ts';
import { cosine, cosineSchema } from './schedules/cosine.ts';
import type { ScheduleDescriptor } from './schedules/descriptor.ts';
import { oneCycle, oneCycleSchema } from './schedules/one-cycle.ts';
import { step, stepSchema } from './schedules/step.ts';

/** What learning rate and momentum do in each stage. */
export const scheduleSchema = z.discriminatedUnion('name', [
  oneCycleSchema,
  cosineSchema,
  constantSchema,
  stepSchema,
]);

export type ScheduleRecipe = z.output<typeof scheduleSchema>;
export type ScheduleName = ScheduleRecipe['name'];
/** The settings of one schedule. */
export type ScheduleOf<Name extends ScheduleName> = Extract<ScheduleRecipe, { name: Name }>;

type Descriptors = { [Name in ScheduleName]: ScheduleDescriptor<ScheduleOf<Name>> };

/** What wizard, review and report read of every schedule; a schema above without its descriptor does not compile. */
export const scheduleDescriptors: Descriptors = { 'one-cycle': oneCycle, cosine, constant, step };

export const scheduleNames = Object.keys(scheduleDescriptors) as ScheduleName[];

export const scheduleLabels = Object.fromEntries(
  scheduleNames.map((name) => [name, scheduleDescriptors[name].label]),
) as Record<ScheduleName, string>;

/** What the rate does, after "a learning rate"; `rates`: the stages' peaks. */
export const scheduleWords = <Name extends ScheduleName>(
  settings: ScheduleOf<Name>,
  rates: string,
  format: Format,
): string => scheduleDescriptors[settings.name].named(settings, rates, format);

/** The numbers of one schedule, by their names. */
export const scheduleNumbersOf = (name: ScheduleName): Readonly<Record<string, NumberField>> =>
  scheduleDescriptors[name].numbers;

/** The numbers that some schedule has, by their names. */
export const scheduleNumbers: Readonly<Record<string, NumberField>> = Object.fromEntries(
  scheduleNames.flatMap((name) => Object.entries(scheduleNumbersOf(name))),
);
