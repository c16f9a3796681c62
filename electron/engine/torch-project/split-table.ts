import type { Sample } from '../data/dataset.ts';
import type { Division } from '../data/division.ts';
import { csvTable } from '../export/csv/table.ts';

interface Row {
  sample: Sample;
  student: string;
  teacher: string;
}

/** Which images train, validate and test for student and teacher, in the order of the engine's indices. */
function rowsOf({ pool, test, split, teacherSplit, whole }: Division): Row[] {
  const partOf = (of: typeof split) => {
    const parts = new Map<number, string>();
    for (const index of of.train) parts.set(index, 'train');
    for (const index of of.validation) parts.set(index, 'validation');
    return (index: number) => parts.get(index) ?? '';
  };
  const [student, teacher] = [partOf(split), partOf(teacherSplit)];
  return [
    ...[...whole.train, ...whole.validation].map((index) => ({
      sample: pool[index]!,
      student: student(index),
      teacher: teacher(index),
    })),
    ...test.map((sample) => ({ sample, student: 'test', teacher: 'test' })),
  ];
}

/** The images that the project uses. */
export const usedSamples = (division: Division): Sample[] => rowsOf(division).map(({ sample }) => sample);

/** split.csv: a line an image, with its class's number and its part for each network; empty: it is not used for that one. */
export const splitTable = (division: Division, nameOf: (sample: Sample) => string): string =>
  csvTable<Row>(
    [
      ['file', ({ sample }) => nameOf(sample)],
      ['label', ({ sample }) => sample.label],
      ['student', ({ student }) => student],
      ['teacher', ({ teacher }) => teacher],
    ],
    rowsOf(division),
  );
