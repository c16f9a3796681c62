import type { ExportRow } from '../../../electron/contract/result.ts';
import type { Role } from '../../../electron/contract/run.ts';
import { roleNames } from '../../charts/palette.ts';
import { descriptorOf } from '../../export-formats.ts';
import { baseName } from '../../format.ts';

/** What predicts: a network of the run, or one in a file. */
export interface Predictor {
  title: string;
  /** null: of a file that is no export of the run. */
  role: Role | null;
  /** File or folder; null: the network as it was trained. */
  file: string | null;
}

/** What can be switched to. */
export interface Choice {
  value: string;
  label: string;
  predictors: readonly Predictor[];
}

const ofRole = (role: Role): Predictor => ({ title: roleNames[role], role, file: null });

/** A file beside the network whose predictions it should repeat. */
const fileChoice = (title: string, role: Role | null, file: string, beside: Role): Choice => ({
  value: file,
  label: title,
  predictors: [ofRole(beside), { title, role, file }],
});

/** Of a file that was chosen, beside the student. */
export const otherFile = (file: string): Choice => fileChoice(baseName(file), null, file, 'student');

/** The run's networks as they were trained, and each of its exports in the run's own folder. */
export function choicesOf(folder: string, roles: readonly Role[], rows: readonly ExportRow[]): Choice[] {
  const networks = { value: 'networks', label: 'The networks as trained', predictors: roles.map(ofRole) };
  const exported = rows
    .filter(({ role }) => roles.includes(role))
    .map(({ role, format, file }) =>
      fileChoice(
        `${roleNames[role]}, ${descriptorOf(format).label}`,
        role,
        `${folder}/exports/${file}`,
        role,
      ),
    );
  return [networks, ...exported];
}
