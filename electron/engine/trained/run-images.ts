import { DistillError } from '../../contract/errors.ts';
import type { Recipe } from '../../contract/recipe.ts';
import type { ImageRecipe } from '../../contract/recipe/image.ts';
import { withImage } from '../../contract/role-image.ts';
import type { CallContext } from '../../contract/method.ts';
import type { Runtime } from '../../contract/runtime.ts';
import { labelledImages } from '../data/labelled-images.ts';
import type { RunImages } from '../export/calibration.ts';
import type { RunFolder } from '../run-folder/run-folder.ts';
import { splitOf } from '../inputs/loaders.ts';
import { prepareData, type PreparedData } from '../data/prepared-data.ts';

const pixelsOf = ({ size, resize }: ImageRecipe): string => `${size} ${resize}`;

type Open = (recipe: Recipe, parts: { pool: boolean; test: boolean }) => Promise<PreparedData>;

/** A run's images for each way in which its networks see them. */
export class OpenedImages implements RunImages {
  readonly #recipe: Recipe;
  readonly #open: Open;
  /** With both parts, and with test images alone. */
  readonly #whole = new Map<string, Promise<PreparedData>>();
  readonly #tests = new Map<string, Promise<PreparedData>>();
  readonly #given: PreparedData | null;

  /** `given`: the images as the recipe has them, where they are open already; whoever opened them closes them. */
  constructor(recipe: Recipe, open: Open, given: PreparedData | null = null) {
    this.#recipe = recipe;
    this.#open = open;
    this.#given = given;
    if (given) this.#whole.set(pixelsOf(recipe.data.image), Promise.resolve(given));
  }

  pool: RunImages['pool'] = async (image, role) => {
    const data = await this.#take(this.#whole, image, { pool: true, test: true });
    return { pixels: data.pool, split: splitOf(data, role) };
  };

  test: RunImages['test'] = async (image) => {
    const known = this.#whole.get(pixelsOf(image));
    const data = await (known ?? this.#take(this.#tests, image, { pool: false, test: true }));
    return labelledImages(data.test);
  };

  /** No image may be asked for afterwards. */
  async close(): Promise<void> {
    const opened = [...this.#whole.values(), ...this.#tests.values()];
    for (const data of opened)
      await data.then(
        (prepared) => (prepared === this.#given ? undefined : prepared.close()),
        () => undefined,
      );
  }

  #take(
    known: Map<string, Promise<PreparedData>>,
    image: ImageRecipe,
    parts: { pool: boolean; test: boolean },
  ): Promise<PreparedData> {
    const opened = known.get(pixelsOf(image)) ?? this.#open(withImage(this.#recipe, image), parts);
    known.set(pixelsOf(image), opened);
    return opened;
  }
}

export interface RunImagesOptions {
  /** Where the dataset is now; null: where it was. */
  data: string | null;
  runtime: Pick<Runtime, 'workers' | 'memory'>;
  signal: AbortSignal;
  progress: CallContext['progress'];
}

/** The images of a run that has ended, read again. The caller closes them. */
export function imagesOfRun(run: RunFolder, options: RunImagesOptions): OpenedImages {
  const { workers, memory } = options.runtime;
  const onImport = (done: number, total: number) => options.progress({ done, total, phase: 'import' });
  return new OpenedImages(run.recipe, async (recipe, parts) => {
    const before = await run.dataset();
    const dataPath = options.data ?? run.dataPath;
    const prepared = await prepareData({
      recipe,
      dataPath,
      workers,
      memory,
      before,
      signal: options.signal,
      parts,
      onImport,
    });
    if (before === null || before.fingerprint === prepared.report.fingerprint) return prepared;
    await prepared.close();
    throw new DistillError(
      'INVALID_INPUT',
      `The dataset in ${prepared.report.path} is not the one of the run: its images, labels or their names differ.`,
      "Give the path where the run's own dataset is now.",
    );
  });
}
