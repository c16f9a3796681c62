import { existsSync } from 'node:fs';
import * as tf from '@tensorflow/tfjs-core';
import { DistillError } from '../../contract/errors.ts';
import { counted } from '../../contract/findings.ts';
import { listed } from '../../contract/listed.ts';
import type { Recipe } from '../../contract/recipe.ts';
import { whyImagesDiffer } from '../../contract/stored-logits.ts';
import { stepsPerEpoch } from '../../contract/training-steps.ts';
import { arithmetic } from '../backend/arithmetic.ts';
import { unlabelledIn } from '../data/epoch-images.ts';
import { pixelCodeHash } from '../data/pixel-code.ts';
import { type LogitIdentity, hashOf } from '../distill/logit-identity.ts';
import { LogitStore } from '../distill/logit-store.ts';
import { StoredTeacher } from '../distill/stored-teacher.ts';
import { liveTeacher, type TeacherSource } from '../distill/teacher.ts';
import { OnnxClassifier } from '../deployed/onnx/classifier.ts';
import { contentHash, filesOf } from '../deployed/onnx/files.ts';
import { type Classifier, isModel } from '../models/index.ts';
import { lastLayer } from '../models/last-layer.ts';
import type { Wanted } from '../models/model-outputs.ts';
import type { RunFolder } from '../run-folder/run-folder.ts';
import { untilAborted } from '../train/batch-source.ts';
import type { Callback } from '../train/callback.ts';
import { modelVariables, readVariables } from '../train/snapshot.ts';
import { mixedLayout, orderedLoader, withLoaders } from '../inputs/loaders.ts';
import { type Log, modelSeed } from '../inputs/models.ts';
import type { PreparedData } from '../data/prepared-data.ts';
import type { TeacherView } from '../inputs/teacher-view.ts';

export interface TeacherLogitsOptions {
  run: RunFolder;
  recipe: Recipe;
  data: PreparedData;
  teacher: Classifier;
  /** What terms need of it besides the logits. */
  wanted: Wanted;
  /** How it sees the images; null: as the student does. */
  view: TeacherView | null;
  backend: string;
  workers: number;
  resume: boolean;
  signal: AbortSignal;
  log: Log;
}

export interface StoredLogits {
  teacher: TeacherSource;
  /** Open and keep the logits as training goes on. */
  callbacks: readonly Callback[];
}

/** The batch size for which the teacher's pass is recorded; null: it is not. */
const recordedBatch = ({ run, recipe }: TeacherLogitsOptions): number | null =>
  run.runtime.trace === 'off' ? null : recipe.student.training.batchSize;

const penultimateUnits = (teacher: Classifier): number => {
  if (!isModel(teacher)) throw new DistillError('INTERNAL', 'A network from a file gives logits alone.');
  return lastLayer(teacher.recipe).units;
};

async function teacherIdentity(teacher: Classifier): Promise<LogitIdentity['teacher']> {
  if (teacher instanceof OnnxClassifier) {
    const { layout, gives, input } = teacher.facts;
    return {
      onnx: await contentHash(filesOf(teacher.facts)),
      reading: { layout, channels: input.channels, gives },
      outputs: teacher.selected,
      classes: teacher.classes,
    };
  }
  if (!isModel(teacher)) throw new Error('This teacher has no identity.');
  const weights = await readVariables(modelVariables(teacher));
  return {
    model: teacher.recipe,
    classes: teacher.classes,
    ...(teacher.covers && { covers: teacher.covers }),
    weights: hashOf([...weights].flatMap(([name, { shape, data }]) => [name, shape.join(), data])),
  };
}

/** The images without labels that an epoch (1-based) of the student's training takes; null where there are none. */
function unlabelledOf(
  { recipe, data }: TeacherLogitsOptions,
  augmentSeed: number,
): ((epoch: number) => readonly number[]) | null {
  const layout = mixedLayout(data, recipe);
  if (layout === null) return null;
  // One file serves all epochs then, whichever images they take.
  if (recipe.data.augment === null) return () => data.unlabelled;
  const count = stepsPerEpoch(data.split.train.length, layout.labelled) * layout.unlabelled;
  return (epoch) => unlabelledIn(data.unlabelled, count, epoch, augmentSeed);
}

async function identityOf(options: TeacherLogitsOptions): Promise<LogitIdentity> {
  const { recipe, data, teacher, backend } = options;
  const { pool, split, report } = data;
  const list = (indices: readonly number[]) => ({
    images: indices.length,
    keys: hashOf(indices.map((index) => pool.keys[index]!)),
  });
  return {
    teacher: await teacherIdentity(teacher),
    ...(options.wanted.penultimate && { penultimate: penultimateUnits(teacher) }),
    data: {
      fingerprint: report.fingerprint,
      train: list(split.train),
      validation: list(split.validation),
      ...unlabelledIdentity(options),
    },
    image: (options.view?.recipe ?? recipe).data.image,
    augment: drawnAugmentation(recipe),
    pixels: pixelCodeHash(),
    backend,
    arithmetic: `${arithmetic()}, ${recordedBatch(options) === null ? 'kernel by kernel' : 'one graph'}`,
  };
}

/** Without what is never drawn, so that logits of versions without random erasing are found. */
function drawnAugmentation({ data: { augment } }: Recipe): LogitIdentity['augment'] {
  if (augment === null || augment.erase.p > 0) return augment;
  const { erase: _, ...rest } = augment;
  return rest;
}

/** How many an epoch takes determines, with the augmentation's seed, which ones these are. */
function unlabelledIdentity(options: TeacherLogitsOptions): Pick<LogitIdentity['data'], 'unlabelled'> {
  const { unlabelled } = options.data.report;
  const rows = unlabelledOf(options, 0)?.(1).length;
  if (!unlabelled || rows === undefined) return {};
  const { images, fingerprint } = unlabelled;
  return { unlabelled: { images, fingerprint, rows } };
}

/**
 * The teacher of a run whose logits are stored; null where they are not. The run notes the store's augmentation seed, by which
 * its student (and baseline) is trained, also after a resume.
 * @throws DistillError RUN_STATE where the store is no longer the one that the run began with; NOT_WRITABLE, DISK_FULL.
 */
export async function openStoredLogits(options: TeacherLogitsOptions): Promise<StoredLogits | null> {
  const { run, recipe, log } = options;
  const cache = storesFolder(options);
  if (cache === null) return null;
  const warn = (message: string) => log('warn', message);
  const augmentSeed = run.augmentSeed ?? modelSeed(recipe, 'student');
  const store = await LogitStore.open({ cache, identity: await identityOf(options), augmentSeed, warn });
  if (run.augmentSeed === null) await run.update({ augmentSeed: store.augmentSeed });
  if (run.augmentSeed !== store.augmentSeed) {
    throw new DistillError(
      'RUN_STATE',
      `The stored teacher logits in ${store.folder} were computed again since the run began, for other pixels.`,
      'Resume with --logits-folder and another folder.',
    );
  }
  return openFrom(store, options);
}

/**
 * The same of several teachers, each with a store of its own. All logits are for the same pixels: a run takes the seed of the first
 * store that is there, and a teacher whose store has another one gets one for this seed beside it.
 */
export async function openStoredEnsemble(
  members: readonly TeacherLogitsOptions[],
): Promise<StoredLogits[] | null> {
  const { run, recipe } = members[0]!;
  const cache = storesFolder(members[0]!);
  if (cache === null) return null;
  const identities: LogitIdentity[] = [];
  for (const member of members) identities.push(await identityOf(member));
  const seeds = await Promise.all(identities.map((identity) => LogitStore.seedOf({ cache, identity })));
  const known = run.augmentSeed ?? seeds.find((seed) => seed !== null);
  const augmentSeed = known ?? modelSeed(recipe, 'student');
  const opened: StoredLogits[] = [];
  for (const [k, member] of members.entries()) {
    const { log } = member;
    if (seeds[k] !== null && seeds[k] !== augmentSeed)
      log(
        'info',
        'The teacher logits of earlier runs are for other pixels (another seed of the augmentation): those for the pixels of this run are kept beside them.',
      );
    const warn = (message: string) => log('warn', message);
    const store = await LogitStore.openFor({ cache, identity: identities[k]!, augmentSeed, warn });
    opened.push(await openFrom(store, member));
  }
  if (run.augmentSeed === null) await run.update({ augmentSeed });
  return opened;
}

/** The folder of a run's stores; null where its teacher computes every batch. */
function storesFolder({ run, recipe, wanted, resume, log }: TeacherLogitsOptions): string | null {
  if (run.logitsFolder === null) return null;
  if (wanted.features.length > 0) {
    log(
      'info',
      `The teacher computes every batch: the loss compares its ${listed(wanted.features)}, and only logits are stored.`,
    );
    return null;
  }
  const reason = whyImagesDiffer(recipe);
  if (reason !== null) {
    log('info', `The teacher computes every batch: ${reason}. Its logits are not stored.`);
    return null;
  }
  if (resume && run.augmentSeed === null && existsSync(run.checkpointFolder('student'))) {
    log('warn', "The student's training began without stored teacher logits and continues without them.");
    return null;
  }
  return run.logitsFolder;
}

/** A teacher whose logits are kept in a store. */
async function openFrom(store: LogitStore, options: TeacherLogitsOptions): Promise<StoredLogits> {
  const { recipe, data, wanted, log } = options;
  const { epochs, bytes } = await store.extent();
  const { classes } = options.teacher;
  const penultimate = wanted.penultimate ? penultimateUnits(options.teacher) : 0;
  const unlabelled = unlabelledOf(options, store.augmentSeed);
  const images = data.split.train.length + (unlabelled?.(1).length ?? 0);
  const perEpoch = images * (classes + penultimate) * Uint16Array.BYTES_PER_ELEMENT;
  log(
    'info',
    `Teacher logits for ${counted(epochs, 'epoch')} are in ${store.folder} (${megabytes(bytes)}); each takes ${megabytes(perEpoch)}.`,
  );
  const teacher = new StoredTeacher({
    teacher: liveTeacher(options.teacher, recordedBatch(options), wanted),
    store,
    classes,
    penultimate,
    train: data.split.train,
    ...(unlabelled && { unlabelled }),
    validation: data.split.validation,
    augmented: recipe.data.augment !== null,
    warn: (message) => log('warn', message),
  });
  return { teacher, callbacks: [keeping(teacher, store, options)] };
}

const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(bytes < 1e7 ? 1 : 0)} MB`;

function keeping(teacher: StoredTeacher, store: LogitStore, options: TeacherLogitsOptions): Callback {
  const logCount = async () => {
    const { epochs, found, added } = teacher.count;
    const { bytes } = await store.extent();
    options.log(
      'info',
      `Teacher logits: ${found} of ${counted(epochs, 'epoch')} from the store, ${added} added to it; it takes ${megabytes(bytes)}.`,
    );
  };
  return {
    beforeEpoch: ({ epoch, step }) => teacher.beginEpoch(epoch, step),
    beforeValidation: async ({ epoch }) => {
      await computeMissing(teacher, epoch, store.augmentSeed, options);
      await teacher.keepEpoch();
    },
    afterEpoch: () => teacher.keepValidation(),
    beforeStop: logCount,
    afterFit: logCount,
  };
}

/** The images that an epoch's whole batches left out: another order leaves out others and will need these. */
async function computeMissing(
  teacher: StoredTeacher,
  epoch: number,
  augmentSeed: number,
  { recipe: own, data: ownData, view, workers, signal }: TeacherLogitsOptions,
): Promise<void> {
  const { missing } = teacher;
  if (missing.length === 0 || signal.aborted) return;
  const { recipe, data } = view ?? { recipe: own, data: ownData };
  const { size } = recipe.data.image;
  const loader = orderedLoader(data.pool, missing, recipe, recipe.data.augment, workers, {
    seed: augmentSeed,
  });
  await withLoaders({ loader }, async () => {
    for await (const { images, indices, n } of untilAborted(loader.epoch(epoch, { signal }), signal)) {
      tf.tidy(() => {
        teacher.outputs(tf.tensor4d(images, [n, size, size, 3]), { indices, epoch });
      });
    }
  });
}
