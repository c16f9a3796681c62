import type { ErrorValue } from './errors.ts';
import type { Recipe } from './recipe.ts';
import type { TrainingRecipe } from './recipe/training.ts';
import { type Role, roles } from './roles.ts';
import { totalEpochs } from './training-steps.ts';

/** What both sides of the border know of a run: its states, its phases, and what its recipe plans. */

export { type Role, roles, roleSchema } from './roles.ts';

/** How a run at work is to end before its time; see `runs.stop`. */
export const stopModes = ['cancel', 'pause', 'finish'] as const;
export type StopMode = (typeof stopModes)[number];

export const runStates = [
  'queued',
  'running',
  'stopping',
  'completed',
  'cancelled',
  'failed',
  'interrupted',
] as const;
export type RunState = (typeof runStates)[number];

/** A process must be alive behind these. */
export const activeStates = ['queued', 'running', 'stopping'] as const satisfies readonly RunState[];
/** From these a run can go on. */
export const resumableStates = ['interrupted', 'cancelled', 'failed'] as const satisfies readonly RunState[];

const isOneOf = (states: readonly RunState[], state: RunState | null): boolean =>
  state !== null && states.includes(state);

export const isActive = (state: RunState | null): boolean => isOneOf(activeStates, state);
export const canResume = (state: RunState | null): boolean => isOneOf(resumableStates, state);

/** A paused run is interrupted with the code of a stop that somebody asked for. */
export const isPaused = (state: RunState, error: ErrorValue | null): boolean =>
  state === 'interrupted' && error?.code === 'CANCELLED';

/** What a run can go through, in order. */
export const runPhases = ['import', ...roles, 'evaluate', 'export'] as const;
export type Phase = (typeof runPhases)[number];

/** What a run of this recipe goes through, in order. */
export const phasesOf = ({ baseline }: Pick<Recipe, 'baseline'>): Phase[] =>
  runPhases.filter((phase) => baseline || phase !== 'baseline');

/** How the log reports a phase that begins, and a state. */
export const phaseMessage = (phase: Phase): string => `Phase: ${phase}.`;
export const stateMessage = (state: RunState): string => `State: ${state}.`;

/** The role that is trained in a phase; null where nothing is. */
export const trainedIn = (phase: Phase): Role | null =>
  phase === 'teacher' || phase === 'student' || phase === 'baseline' ? phase : null;

type TrainingsRecipe = Pick<Recipe, 'teacher' | 'student' | 'baseline'>;

/** What a run of this recipe trains, in order. */
export function rolesToTrain({
  teacher,
  student,
  baseline,
}: TrainingsRecipe): { role: Role; training: TrainingRecipe }[] {
  return [
    ...(teacher.source === 'train' ? [{ role: 'teacher' as const, training: teacher.training }] : []),
    { role: 'student', training: student.training },
    ...(baseline ? [{ role: 'baseline' as const, training: student.training }] : []),
  ];
}

/** Epochs of each training of a run, in order. */
export const plannedEpochs = (recipe: TrainingsRecipe): { role: Role; epochs: number }[] =>
  rolesToTrain(recipe).map(({ role, training }) => ({ role, epochs: totalEpochs(training.stages) }));

/** How many of a network's parameter groups `freezeTo` freezes: below zero it counts from the end. Within 0 and `groups`. */
export const frozenGroups = (freezeTo: number, groups: number): number =>
  Math.min(groups, Math.max(0, freezeTo < 0 ? groups + freezeTo : freezeTo));
