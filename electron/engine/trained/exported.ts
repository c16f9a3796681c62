import type { FileEvaluation, Hints } from '../../contract/exported.ts';
import { DistillError, toErrorValue } from '../../contract/errors.ts';
import type { Handlers } from '../../contract/services.ts';
import type { Mask } from '../../contract/mask.ts';
import type { Prediction } from '../../contract/prediction.ts';
import type { Runtime } from '../../contract/runtime.ts';
import { chooseBackend } from '../backend/choose.ts';
import { readImageFile } from '../data/image-file.ts';
import { withDecoded } from '../data/pixel-budget.ts';
import { resizeImage } from '../data/resize.ts';
import { openDeployed, type OpenedNetwork } from '../deployed/open.ts';
import { maskedScores } from '../evaluate/evaluate-under-mask.ts';
import { measureDeployed } from '../evaluate/latency.ts';
import { maskedImages } from '../evaluate/masks.ts';
import { clippedForLoss } from '../evaluate/quantised.ts';
import { predictDeployed } from '../evaluate/predict-deployed.ts';
import { ranked, select } from '../evaluate/predictions.ts';
import { throttledPhases } from '../work/progress.ts';
import { exportedImages, resizeOf } from './exported-images.ts';

/** Somebody waits for it. */
const latencyOptions = { runs: 30, warmup: 5, maxSeconds: 2 };

interface Input {
  file: string;
  hints: Hints;
  /** Of a TensorFlow.js model, and of the number of threads. */
  runtime?: Pick<Runtime, 'backend' | 'threads'>;
}

async function withNetwork<T>(
  { file, hints, runtime = { backend: 'auto', threads: null } }: Input,
  work: (opened: OpenedNetwork) => Promise<T>,
): Promise<T> {
  await chooseBackend(runtime.backend, runtime.threads);
  const opened = await openDeployed(file, hints);
  try {
    return await work(opened);
  } finally {
    await opened.network.dispose();
  }
}

/** Throws as openDeployed does. */
export const describeExported: Handlers['exported']['describe'] = (input) =>
  withNetwork(input, ({ description }) => Promise.resolve(description));

function refuseSeen({ classes }: Mask): void {
  if (classes !== 'seen' && classes !== 'unseen') return;
  throw new DistillError(
    'INVALID_INPUT',
    'A file does not state which classes its network was trained on.',
    'Choose all classes, or list them.',
  );
}

/** Throws as openDeployed and exportedImages do; INVALID_INPUT for a mask that leaves nothing, or that goes by the training. */
export const evaluateExported: Handlers['exported']['evaluate'] = (input, context) =>
  withNetwork(input, async ({ network, description }): Promise<FileEvaluation> => {
    const { classNames, reading, mask, runtime } = input;
    refuseSeen(mask);
    const { signal } = context;
    const progress = throttledPhases(context.progress);
    const opened = await exportedImages(description, {
      path: input.data,
      classNames,
      reading,
      runtime,
      signal,
      onImport: (done, total) => progress({ done, total, phase: 'import' }),
    });
    try {
      const { images, classes: names, notes } = opened;
      const { classes, rows } = maskedImages(
        mask,
        names.map(() => true),
        images.labels,
      );
      const onProgress = (done: number) => progress({ done, total: images.n, phase: 'check' });
      const all = await predictDeployed(network, images, { signal, onProgress });
      const { predictions, note } = clippedForLoss(select(all, rows));
      const [latency] = await measureDeployed([network], latencyOptions);
      return {
        network: description,
        mask: { classes, names: classes.map((id) => names[id]!) },
        vocabulary: names.length,
        ...maskedScores(predictions, classes, names),
        latency: latency!,
        notes: [...notes, ...(note === null ? [] : [note])],
      };
    } finally {
      await opened.close();
    }
  });

/** The five most probable classes of each image; an image that cannot be read carries its error and stops no other. */
export const predictExported: Handlers['exported']['predict'] = (input, { signal, progress }) =>
  withNetwork(input, async ({ network, description }) => {
    const { classes, outputs, input: wanted } = description;
    const [latency] = await measureDeployed([network], latencyOptions);
    const predict = async (image: string): Promise<Prediction> => {
      try {
        const resized = await withDecoded(await readImageFile(image), (decoded) =>
          resizeImage(decoded, wanted.size, resizeOf(description)),
        );
        const probabilities = await network.probabilities(resized, 1);
        const predictions = { classes: outputs, n: 1, labels: new Int32Array(1), probabilities };
        const top5 = ranked(predictions, 0, 5).map(({ id, probability }) => ({
          id,
          name: classes?.[id] ?? `output ${id}`,
          probability,
        }));
        return { image, error: null, latency: latency!, top5 };
      } catch (thrown) {
        return { image, error: toErrorValue(thrown), latency: null, top5: [] };
      }
    };
    const predictions: Prediction[] = [];
    for (const image of input.images) {
      if (signal.aborted) throw new DistillError('CANCELLED', 'The prediction was cancelled.');
      predictions.push(await predict(image));
      progress({ done: predictions.length, total: input.images.length });
    }
    return predictions;
  });
