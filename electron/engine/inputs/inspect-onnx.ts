import { toErrorValue } from '../../contract/errors.ts';
import type { OnnxInspection } from '../../contract/onnx-inspection.ts';
import type { OnnxTeacherRecipe } from '../../contract/recipe/teacher.ts';
import type { Handlers } from '../../contract/services.ts';
import { statFile } from '../../platform/files.ts';
import { openOnnxClassifier, type OnnxFacts } from '../deployed/onnx/classifier.ts';
import { refuseFarWeights, statedHints } from './onnx-teacher.ts';
import { outputNames } from './output-names.ts';

/** A list that cannot be read is shown beside what the network is. */
async function listedNames(
  { classes }: OnnxTeacherRecipe,
  facts: OnnxFacts,
): Promise<OnnxInspection['listed']> {
  if (typeof classes !== 'string') return null;
  try {
    return { names: (await outputNames(classes, facts))! };
  } catch (thrown) {
    return { error: toErrorValue(thrown) };
  }
}

/** What is in an ONNX file that is to be a teacher. Throws what openOnnxClassifier throws, and UNSUPPORTED_FORMAT for weights in other folders. */
export const inspectOnnx: Handlers['models']['inspectOnnx'] = async ({ teacher, image }) => {
  const { size, mean, std } = image;
  const otherwise = { size, values: { mean, std } };
  const model = await openOnnxClassifier(teacher.path, statedHints(teacher.hints), otherwise);
  try {
    refuseFarWeights(model);
    const { facts } = model;
    const { file, input, fed, type, layout, graphOutputs, read, gives, outputs, classNames, values } = facts;
    return {
      file,
      bytes: (await statFile(file)).size,
      values,
      input: {
        ...input,
        name: fed.name,
        type,
        shape: [...fed.shape],
        layout,
        batch: fed.batch,
      },
      origins: fed.origins,
      outputs: [...graphOutputs],
      read,
      gives,
      count: outputs,
      classNames,
      listed: await listedNames(teacher, facts),
    };
  } finally {
    model.dispose();
  }
};
