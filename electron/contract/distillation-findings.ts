import { architectureDescriptors } from './architectures.ts';
import { type Finding, warning } from './findings.ts';
import { listed } from './listed.ts';
import { weighsNothing } from './loss-weight.ts';
import { methodDescriptors } from './methods.ts';
import type { Recipe } from './recipe.ts';
import type { ModelRecipe } from './recipe/model.ts';

/** Names of the stages of both networks, first to last; null: not known (yet). */
export interface NetworkStages {
  student: readonly string[] | null;
  teacher: readonly string[] | null;
}

const stagesOf = ({ architecture }: ModelRecipe): readonly string[] =>
  architectureDescriptors[architecture].stages;

/** `teacher` null: its network is not known (yet). */
export const networkStages = (student: ModelRecipe, teacher: ModelRecipe | null): NetworkStages => ({
  student: stagesOf(student),
  teacher: teacher && stagesOf(teacher),
});

interface NamedStage {
  role: 'student' | 'teacher';
  name: string;
  field: string;
}

/** Every stage that a recipe's terms name, and where. */
function namedStages({ terms }: Recipe['distillation']): NamedStage[] {
  return terms.flatMap((term, i) => {
    const path = `distillation.terms[${i}]`;
    const pairs = [
      ...('student' in term ? [{ pair: term, at: path }] : []),
      ...('stages' in term ? term.stages.map((pair, j) => ({ pair, at: `${path}.stages[${j}]` })) : []),
    ];
    return pairs.flatMap(({ pair, at }) =>
      (['student', 'teacher'] as const).map((role) => ({ role, name: pair[role], field: `${at}.${role}` })),
    );
  });
}

/** What is wrong with a recipe's distillation for its two networks, errors first. An error keeps the run from starting. */
export function distillationFindings(
  { data, distillation, teacher }: Recipe,
  stages: NetworkStages,
): Finding[] {
  return [
    ...unknownStages(distillation, stages),
    ...unusedImages(data, distillation),
    ...(teacher.source === 'onnx' || teacher.source === 'ensemble'
      ? beyondLogits(distillation, teacher.source)
      : unseenTeacher(distillation, stages)),
    ...noTerms(distillation),
  ];
}

/** An empty name is refused by the schema. */
const unknownStages = (distillation: Recipe['distillation'], stages: NetworkStages): Finding[] =>
  namedStages(distillation).flatMap(({ role, name, field }): Finding[] => {
    const known = stages[role];
    if (known === null || name === '' || known.includes(name)) return [];
    return [
      {
        severity: 'error',
        code: 'unknown-stage',
        message: `The ${role} has no stage “${name}”.`,
        hint: `Choose one of its stages: ${listed(known)}.`,
        field,
      },
    ];
  });

const logitsAlone = {
  onnx: 'A teacher from an ONNX file gives logits alone',
  ensemble: 'Of several teachers only probabilities or logits can be averaged',
} as const;

/** The terms that ask more of a teacher from an ONNX file, or of several teachers, than logits. */
const beyondLogits = ({ terms }: Recipe['distillation'], source: keyof typeof logitsAlone): Finding[] =>
  terms.flatMap(({ method }, i): Finding[] => {
    const { label, needs } = methodDescriptors[method];
    if (needs.teacher === 'logits') return [];
    return [
      {
        severity: 'error',
        code: 'teacher-gives-logits-only',
        message: `${logitsAlone[source]}: “${label}” compares features.`,
        hint: 'Choose soft targets or logits, or one teacher from a run or a weights file.',
        field: `distillation.terms[${i}]`,
      },
    ];
  });

function unseenTeacher({ terms }: Recipe['distillation'], { teacher }: NetworkStages): Finding[] {
  const index = terms.findIndex(({ method }) => methodDescriptors[method].needs.teacher === 'stage');
  if (index === -1 || teacher !== null) return [];
  return [
    warning(
      'teacher-stages-unknown',
      "The teacher's network is not known yet, so the names of its stages cannot be checked.",
      'Choose a teacher whose network is known: one trained here, a readable run, or a file with its architecture.',
      `distillation.terms[${index}]`,
    ),
  ];
}

const hasTerms = ({ terms }: Recipe['distillation']): boolean =>
  terms.some(({ weight }) => !weighsNothing(weight));

function unusedImages({ unlabelled }: Recipe['data'], distillation: Recipe['distillation']): Finding[] {
  if (unlabelled === null || hasTerms(distillation)) return [];
  return [
    {
      severity: 'error',
      code: 'unlabelled-unused',
      message: 'The unlabelled images would do nothing: no distillation term has a weight.',
      hint: 'Add a distillation term, or remove the unlabelled images.',
      field: 'data.unlabelled',
    },
  ];
}

function noTerms(distillation: Recipe['distillation']): Finding[] {
  if (hasTerms(distillation)) return [];
  return [
    warning(
      'no-distillation',
      'The student learns from the labels alone: no distillation term has a weight.',
      'Add a term, or raise a weight. Without one the student is trained exactly as its baseline.',
      'distillation.terms',
    ),
  ];
}
