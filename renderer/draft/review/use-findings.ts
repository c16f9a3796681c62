import { computed } from 'vue';
import { distillationFindings, networkStages } from '../../../electron/contract/distillation-findings.ts';
import { sizeFindings } from '../../../electron/contract/division-findings.ts';
import type { Finding } from '../../../electron/contract/findings.ts';
import { startFindings } from '../../../electron/contract/start-weights.ts';
import { useDraft } from '../draft.ts';
import { useDataset } from '../dataset.ts';
import { useTeacherModel } from '../models/teacher-model.ts';
import { useDescriptions } from '../models/use-description.ts';

/** What the draft lets expect, with what takes the sizes of both networks. */
export function useFindings() {
  const draft = useDraft();
  const dataset = useDataset();
  const teacherModel = useTeacherModel();
  const descriptions = useDescriptions(
    () =>
      teacherModel.value
        ? [
            { role: 'teacher', model: teacherModel.value },
            { role: 'student', model: draft.recipe.student.model },
          ]
        : [],
    () => draft.recipe.student.training.batchSize,
  );
  return computed<Finding[]>(() => {
    const [teacher, student] = (teacherModel.value && descriptions.data.value) ?? [];
    const parameters = { teacher: teacher?.parameters ?? null, student: student?.parameters ?? null };
    const stages = networkStages(draft.recipe.student.model, teacherModel.value);
    // Its errors are the field's issues.
    const distillation = distillationFindings(draft.recipe, stages).filter(
      ({ severity }) => severity === 'warning',
    );
    return [
      ...dataset.findings,
      ...distillation,
      ...startFindings(draft.recipe),
      ...sizeFindings({ parameters }),
    ];
  });
}
