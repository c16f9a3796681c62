import type { FeatureMapInFile } from '../../electron/contract/exported.ts';

/** A tensor of an ONNX teacher that is, or could be, the output of one of its stages. */
export interface StageRow {
  /** What terms call the stage. */
  name: string;
  tensor: string;
  /** [height, width, channels]; null: it is in the recipe, and the file was not looked at or does not offer it. */
  shape: FeatureMapInFile['shape'] | null;
  isChosen: boolean;
}

type Features = Readonly<Record<string, string>>;

/** All tensors that a file offers, in its graph's order, after those that the recipe names besides; `offered` null: not known (yet). */
export function stageRows(features: Features, offered: readonly FeatureMapInFile[] | null): StageRow[] {
  const nameOf = new Map(Object.entries(features).map(([name, tensor]) => [tensor, name]));
  const maps = offered ?? [];
  const others = Object.entries(features).filter(([, tensor]) => maps.every((map) => map.tensor !== tensor));
  const freeName = (i: number): string => {
    const name = `stage${i + 1}`;
    return Object.hasOwn(features, name) ? `${name} of the file` : name;
  };
  return [
    ...others.map(([name, tensor]) => ({ name, tensor, shape: null, isChosen: true })),
    ...maps.map(({ tensor, shape }, i) => ({
      name: nameOf.get(tensor) ?? freeName(i),
      tensor,
      shape,
      isChosen: nameOf.has(tensor),
    })),
  ];
}

/** The recipe's stages once one of them is chosen, or no longer; in the order of the rows. */
export const withStage = (
  rows: readonly StageRow[],
  tensor: string,
  isChosen: boolean,
): Record<string, string> =>
  Object.fromEntries(
    rows
      .filter((row) => (row.tensor === tensor ? isChosen : row.isChosen))
      .map((row) => [row.name, row.tensor]),
  );
