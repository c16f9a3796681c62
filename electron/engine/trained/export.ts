import type { Exported } from '../../contract/export-outcome.ts';
import type { CallContext } from '../../contract/method.ts';
import type { Handlers } from '../../contract/services.ts';
import { exportRun } from '../export/index.ts';
import { throttledPhases } from '../work/progress.ts';
import { RunFolder } from '../run-folder/run-folder.ts';
import { checkExports } from './check-exports.ts';
import { imagesOfRun } from './run-images.ts';

type Input = Parameters<Handlers['runs']['export']>[0];

/** Writes, and checks, what is asked for of a run. Throws as exportRun does, and as the dataset does where int8 needs it. */
export async function exportOf(input: Input, context: CallContext, isBusy: () => boolean): Promise<Exported> {
  const { folder, formats, out, data, runtime } = input;
  const { names, roles, onnxInput, tfliteInput, maxLoss, license, correctBiases } = input;
  const run = await RunFolder.open(folder);
  const { signal } = context;
  const progress = throttledPhases(context.progress);
  const images = imagesOfRun(run, { data, runtime, signal, progress });
  try {
    return await exportRun(run, formats, out, {
      names,
      roles,
      onnxInput,
      tfliteInput,
      maxLoss,
      license,
      correctBiases,
      images,
      check: input.check ? checkExports({ images, runtime, isBusy }) : undefined,
      signal,
      onProgress: progress,
    });
  } finally {
    await images.close();
  }
}
