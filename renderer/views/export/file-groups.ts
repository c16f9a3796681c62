import { baseName } from '../../format.ts';

export interface FileGroup {
  title: string;
  /** What its files are for. */
  text: string;
  files: string[];
  /** Whether it stands behind a click: what most people came for is shown at once. */
  folded: boolean;
}

interface Kind extends Omit<FileGroup, 'files'> {
  has: (file: string) => boolean;
}

const ends =
  (...endings: string[]) =>
  (file: string): boolean =>
    endings.some((ending) => file.endsWith(ending));

/** The end of a network's file or folder, after its run's name: -student.onnx, -student-int8.onnx, -student-pytorch. */
const networkEnding = /-(teacher|student|baseline)(-[a-z0-9]+)?(\.[a-z]+)?$/;
/** Tables and pictures also have roles in their names. */
const ofRun = ends('.csv', '.png', '.svg', '.html');
const isOf = (file: string, isRole: (role: string) => boolean): boolean =>
  isRole(networkEnding.exec(file)?.[1] ?? '') && !ofRun(file);

/** The first kind that has a file is its own. */
const kinds: readonly Kind[] = [
  {
    title: 'The bundle',
    text: 'One zip with everything that was ticked, labels, an example, scripts that predict, and a model card.',
    has: ends('-bundle.zip'),
    folded: false,
  },
  {
    title: 'The student',
    text: 'The small network, in each format that was ticked.',
    has: (file) => isOf(file, (role) => role === 'student'),
    folded: false,
  },
  {
    title: 'Report',
    text: 'Everything about the run on one page that opens in any browser.',
    has: ends('.html'),
    folded: false,
  },
  {
    title: 'Teacher and baseline',
    text: 'The other two networks, to distil again from the same teacher or to check the comparison.',
    has: (file) => isOf(file, (role) => role === 'teacher' || role === 'baseline'),
    folded: true,
  },
  {
    title: 'Figures',
    text: 'Tables for spreadsheets and scripts: curves, scores, confusion matrices and every single prediction.',
    has: ends('.csv'),
    folded: true,
  },
  {
    title: 'Plots',
    text: "The report's charts, for slides (PNG) and papers (SVG).",
    has: ends('.png', '.svg'),
    folded: true,
  },
  { title: 'Other', text: '', has: () => true, folded: false },
];

/** Files by what they are for, the student first, each group in the given order; only those that there are. */
export function fileGroups(files: readonly string[]): FileGroup[] {
  const kindOf = (file: string) => kinds.find(({ has }) => has(file));
  return kinds
    .map((kind) => {
      const { title, text, folded } = kind;
      return { title, text, folded, files: files.filter((file) => kindOf(file) === kind) };
    })
    .filter((group) => group.files.length > 0);
}

/** A file's folder, with either separator; nothing where it has none. */
export const folderOf = (file: string): string => file.replace(/[\\/]?[^\\/]*$/, '');

/** The folders that files lie in, each once, in their order. */
export const foldersOf = (files: readonly string[]): string[] => [...new Set(files.map(folderOf))];

/** What exports of a run are called by: its folder's name, or the name that its owner gave it. */
export function exportedName(files: readonly string[], folder: string): string {
  const names = files.map(baseName).filter((name) => !ofRun(name) || name.endsWith('-scores.csv'));
  const ending = [networkEnding, /-(scores\.csv|bundle\.zip)$/].find((one) =>
    names.some((name) => one.test(name)),
  );
  return ending === undefined
    ? baseName(folder)
    : names.find((name) => ending.test(name))!.replace(ending, '');
}

/** What file names have in common at their beginning is shown once: the run's name, with its dash. */
export function shortName(file: string, run: string): string {
  const name = baseName(file);
  return name.startsWith(`${run}-`) ? name.slice(run.length + 1) : name;
}

/** Whether an export is a folder: those have no ending. */
export const isFolder = (file: string): boolean => !/\.[^-\\/]*$/.test(file);
