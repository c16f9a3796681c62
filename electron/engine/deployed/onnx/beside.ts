import path from 'node:path';
import { z } from 'zod';
import { readJson } from '../../../platform/files.ts';
import type { DeployedHints } from '../deployed.ts';

/** What Hugging Face's `preprocessor_config.json` has for images; the rest of it is not needed. */
const side = z.number().int().min(1);
const sides = z.union([
  side,
  z
    .object({ height: side, width: side })
    .transform(({ height, width }) => (height === width ? height : undefined)),
  z.object({ shortest_edge: side }).transform((one) => one.shortest_edge),
]);
const statistic = z.tuple([z.number(), z.number(), z.number()]);
const preprocessorSchema = z.object({
  size: sides.optional().catch(undefined),
  crop_size: sides.optional().catch(undefined),
  do_center_crop: z.boolean().optional(),
  do_rescale: z.boolean().optional(),
  do_normalize: z.boolean().optional(),
  rescale_factor: z.number().optional(),
  image_mean: statistic.optional().catch(undefined),
  image_std: statistic.optional().catch(undefined),
});
type Preprocessor = z.output<typeof preprocessorSchema>;

/** `id2label` of its `config.json`. */
const configSchema = z.object({ id2label: z.record(z.string(), z.string()) });

/** Values are over 255 unless stated otherwise, and then normalised. */
function valuesOf({
  do_rescale: isScaled = true,
  do_normalize: isNormalised = true,
  rescale_factor: factor = 1 / 255,
  image_mean: mean,
  image_std: std,
}: Preprocessor): DeployedHints['values'] {
  if (isScaled && Math.abs(factor * 255 - 1) > 1e-3) return undefined;
  if (!isNormalised) return isScaled ? 'unit' : 'pixels';
  if (!mean || !std?.every((one) => one > 0)) return undefined;
  if (isScaled) return { mean, std };
  // Of values from 0 to 255; ours are of values from 0 to 1.
  const ofUnit = ([r, g, b]: readonly [number, number, number]): [number, number, number] => [
    r / 255,
    g / 255,
    b / 255,
  ];
  return { mean: ofUnit(mean), std: ofUnit(std) };
}

function preprocessing(found: Preprocessor): DeployedHints {
  const isCropped = found.do_center_crop ?? false;
  const size = isCropped ? (found.crop_size ?? found.size) : found.size;
  const values = valuesOf(found);
  return {
    ...(size !== undefined && { size }),
    ...(size !== undefined && { resize: isCropped ? ('crop' as const) : ('squish' as const) }),
    ...(values !== undefined && { values }),
  };
}

/** Names by number, where every number from 0 on has one. */
function labelsIn(names: Record<string, string>): string[] | null {
  const found = Object.keys(names).map((_, id) => names[String(id)]);
  return found.length > 0 && found.every((name) => name !== undefined && name !== '')
    ? (found as string[])
    : null;
}

/**
 * What the files that Hugging Face's tools write beside a network (or in the folder above its `onnx` folder) state about it:
 * `preprocessor_config.json` and `config.json`. What is missing or unreadable states nothing.
 */
export async function hintsBeside(file: string): Promise<DeployedHints> {
  const folder = path.dirname(path.resolve(file));
  const folders = path.basename(folder) === 'onnx' ? [folder, path.dirname(folder)] : [folder];
  const read = async <T>(name: string, schema: z.ZodType<T>): Promise<T | undefined> => {
    for (const one of folders) {
      const parsed = schema.safeParse(await readJson(path.join(one, name)).catch(() => null));
      if (parsed.success) return parsed.data;
    }
    return undefined;
  };
  const preprocessor = await read('preprocessor_config.json', preprocessorSchema);
  const config = await read('config.json', configSchema);
  const classes = config && labelsIn(config.id2label);
  return { ...(preprocessor && preprocessing(preprocessor)), ...(classes && { classes }) };
}
