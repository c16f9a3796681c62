import { architectureDescriptors } from './architectures.ts';
import { type Finding, warning } from './findings.ts';
import { listed } from './listed.ts';
import { weighsNothing } from './loss-weight.ts';
import { methodDescriptors, needsOf } from './methods.ts';
import type { Recipe } from './recipe.ts';
import type { ModelRecipe } from './recipe/model.ts';
import type { OnnxTeacherRecipe } from './recipe/teacher.ts';

/** Names of the stages of both networks, first to last; null: not known (yet). */
export interface NetworkStages {
  student: readonly string[] | null;
  teacher: readonly string[] | null;
}

const stagesOf = (network: ModelRecipe | OnnxTeacherRecipe): readonly string[] =>
  'source' in network ? Object.keys(network.features) : architectureDescriptors[network.architecture].stages;

/** `teacher` null: its network is not known (yet). */
export const networkStages = (
  student: ModelRecipe,
  teacher: ModelRecipe | OnnxTeacherRecipe | null,
): NetworkStages => ({
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
  { data, distillation, student, teacher }: Recipe,
  stages: NetworkStages,
): Finding[] {
  return [
    ...(teacher.source === 'onnx'
      ? [
          ...unknownStages(distillation, { ...stages, teacher: null }),
          ...unmappedStages(distillation, teacher),
          ...unreadPenultimate(distillation),
        ]
      : [
          ...unknownStages(distillation, stages),
          ...(teacher.source === 'ensemble'
            ? beyondLogits(distillation)
            : unseenTeacher(distillation, stages)),
        ]),
    ...reusedTwice(distillation),
    ...unusedImages(data, distillation),
    ...hiddenClasses(data, distillation),
    ...smoothedTeacher(teacher, distillation),
    ...longWarmups(student, distillation),
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
        hint:
          known.length === 0
            ? 'It is an ONNX file of which its run reads the logits alone: choose soft targets or logits.'
            : `Choose one of its stages: ${listed(known)}.`,
        field,
      },
    ];
  });

/** The terms that ask more of several teachers than logits. */
const beyondLogits = ({ terms }: Recipe['distillation']): Finding[] =>
  terms.flatMap((term, i): Finding[] => {
    if (needsOf(term).teacher === 'logits') return [];
    const { label } = methodDescriptors[term.method];
    return [
      {
        severity: 'error',
        code: 'teacher-gives-logits-only',
        message: `Of several teachers only probabilities or logits can be averaged: “${label}” compares features.`,
        hint: 'Choose soft targets or logits, or one teacher from a run or a weights file.',
        field: `distillation.terms[${i}]`,
      },
    ];
  });

/** The terms that compare penultimate vectors, of which an ONNX file gives none. */
const unreadPenultimate = ({ terms }: Recipe['distillation']): Finding[] =>
  terms.flatMap((term, i): Finding[] => {
    if (needsOf(term).teacher !== 'penultimate') return [];
    const { label } = methodDescriptors[term.method];
    return [
      {
        severity: 'error',
        code: 'teacher-without-penultimate',
        message: `“${label}” compares penultimate vectors, and of an ONNX file none is read.`,
        hint: 'Add pairs of stages to the term, choose soft targets or logits, or take a teacher from a run or a weights file.',
        field: `distillation.terms[${i}]`,
      },
    ];
  });

/** The stages of a teacher from an ONNX file for which the recipe names no tensor. */
const unmappedStages = (
  distillation: Recipe['distillation'],
  { path, features }: OnnxTeacherRecipe,
): Finding[] =>
  namedStages(distillation).flatMap(({ role, name, field }): Finding[] => {
    if (role === 'student' || name === '' || Object.hasOwn(features, name)) return [];
    return [
      {
        severity: 'error',
        code: 'stage-without-tensor',
        message: `No tensor of the teacher's ONNX file is named for its stage “${name}”.`,
        hint: `Choose one under “Stages” in the wizard's teacher step, or name one in teacher.features, such as {"${name}": "/layer3/Relu_output_0"}; “distill-studio evaluate ${path} --feature-maps” lists them. Or choose soft targets or logits.`,
        field,
      },
    ];
  });

function unseenTeacher({ terms }: Recipe['distillation'], { teacher }: NetworkStages): Finding[] {
  const index = terms.findIndex((term) => needsOf(term).teacher === 'stage');
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

/** A student has one last layer. */
function reusedTwice({ terms }: Recipe['distillation']): Finding[] {
  const [, second] = [...terms.keys()].filter((i) => terms[i]!.method === 'reused-classifier');
  if (second === undefined) return [];
  return [
    {
      severity: 'error',
      code: 'classifier-reused-twice',
      message: `“${methodDescriptors['reused-classifier'].label}” can be one term only: the student has one last layer.`,
      hint: 'Remove one of the two terms.',
      field: `distillation.terms[${second}]`,
    },
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

/** Where classes are left out, each label is one of the others. */
function hiddenClasses({ trainClasses }: Recipe['data'], distillation: Recipe['distillation']): Finding[] {
  if (trainClasses === 'all' || !hasTerms(distillation) || weighsNothing(distillation.labels.weight))
    return [];
  return [
    warning(
      'labels-hide-classes',
      'The label loss trains the student never to predict the classes that it is not shown.',
      'If it is to learn them from its teacher, choose the preset “For classes it never sees”: no label loss, temperature 20.',
      'distillation.labels.weight',
    ),
  ];
}

/** Müller et al., "When Does Label Smoothing Help?", 2019 (arXiv 1906.02629), section 4. */
function smoothedTeacher(teacher: Recipe['teacher'], { terms }: Recipe['distillation']): Finding[] {
  const reads = terms.some((term) => 'temperature' in term && !weighsNothing(term.weight));
  if (teacher.source !== 'train' || teacher.training.labelSmoothing === 0 || !reads) return [];
  return [
    warning(
      'smoothed-teacher',
      'The teacher is trained with label smoothing, which removes from its probabilities how classes resemble each other: a softened term has less to teach.',
      "Set the teacher's label smoothing to 0.",
      'teacher.training.labelSmoothing',
    ),
  ];
}

function longWarmups({ training }: Recipe['student'], { terms }: Recipe['distillation']): Finding[] {
  const total = training.stages.reduce((sum, { epochs }) => sum + epochs, 0);
  return terms.flatMap(({ weight }, i) =>
    typeof weight === 'number' || weight.warmup <= total
      ? []
      : [
          warning(
            'long-warm-up',
            `The weight of term ${i + 1} is still rising when the training ends: its warm-up takes ${weight.warmup} epochs, and the student is trained for ${total}.`,
            'Shorten the warm-up, to a tenth of the training for instance.',
            `distillation.terms[${i}].weight.warmup`,
          ),
        ],
  );
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
