import type { Latency, ModelResult, RunResult } from '../../contract/result.ts';
import type { Role } from '../../contract/run.ts';
import { compare } from '../evaluate/comparison.ts';
import type { EvaluatedModel } from './evaluate-candidate.ts';

/** What a result has of its models. */
export type Evaluated = Pick<
  RunResult,
  'models' | 'comparison' | 'perClass' | 'confusion' | 'mistakes' | 'tta'
>;

/** Puts the models of a run together, and compares them. */
export function assembleEvaluation(
  evaluated: ReadonlyMap<Role, EvaluatedModel>,
  latencies: ReadonlyMap<Role, Latency>,
): Evaluated {
  const teacher = evaluated.get('teacher')!;
  const student = evaluated.get('student')!;
  const baseline = evaluated.get('baseline') ?? null;
  const each = <T>(pick: (one: EvaluatedModel) => T) => ({
    teacher: pick(teacher),
    student: pick(student),
    baseline: baseline ? pick(baseline) : null,
  });
  const timed = (role: Role, { result }: EvaluatedModel): ModelResult => {
    const { ms, low, high } = latencies.get(role)!;
    return { ...result, latencyMs: ms, latencyRange: [low, high] };
  };
  return {
    models: {
      teacher: timed('teacher', teacher),
      student: timed('student', student),
      baseline: baseline ? timed('baseline', baseline) : null,
    },
    comparison: compare({
      teacher: teacher.predictions,
      student: student.predictions,
      baseline: baseline?.predictions ?? null,
    }),
    perClass: each(({ scored }) => scored.perClass),
    confusion: each(({ scored }) => scored.confusion),
    mistakes: each(({ scored }) => scored.mistakes),
    tta: [...evaluated.values()].flatMap(({ tta }) => tta),
  };
}
