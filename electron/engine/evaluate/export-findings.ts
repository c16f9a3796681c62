import { isSameFormat, precisionOf } from '../../contract/exports.ts';
import type { ExportRow } from '../../contract/result.ts';

/** What an exported file may be off from its network: within float32's rounding, or by accuracy. */
const largestDifference = 1e-3;
const leastAgreement = 0.999;
const mostLost = { fp16: 0.001, int8: 0.005 } as const;

export interface CheckedRow {
  row: Omit<ExportRow, 'findings' | 'notes'>;
  /** Of the network itself. */
  accuracy: number;
  /** Where its file contradicts the network, or what its predictions reveal: a sentence each. */
  slips: readonly string[];
  /** Whether its users run it by the runtime that was timed. */
  isTimed: boolean;
}

const percent = (share: number): string => `${(100 * share).toFixed(2)} %`;
const points = (share: number): string => {
  const figure = Number((100 * share).toFixed(2));
  return `${figure} ${figure === 1 ? 'point' : 'points'}`;
};
const milliseconds = (ms: number): string => `${Number(ms.toPrecision(2))} ms`;

/** How predictions are compared. */
interface Compared extends Pick<CheckedRow, 'accuracy'> {
  row: Pick<CheckedRow['row'], 'format' | 'accuracy' | 'agreement' | 'largestDifference'>;
}

/** Whether a file's predictions differ from its network's by more than its precision allows. */
export function fallsShort({ row, accuracy }: Compared): boolean {
  const precision = precisionOf(row.format);
  if (precision === 'float32')
    return !(row.largestDifference <= largestDifference && row.agreement >= leastAgreement);
  return accuracy - row.accuracy > mostLost[precision];
}

const again = 'Export it again; if that does not help, report it as a bug in Distill Studio.';

function difference({ row, accuracy }: CheckedRow): string {
  const precision = precisionOf(row.format);
  if (precision === 'float32')
    return `Its predictions differ from the network's: probabilities by up to ${Number(row.largestDifference.toPrecision(2))} (expected: at most ${largestDifference}), and ${percent(row.agreement)} of the predictions are the same (expected: at least ${percent(leastAgreement)}).`;
  return `It loses ${points(accuracy - row.accuracy)} of accuracy: ${percent(row.accuracy)} of the test images are right, ${percent(accuracy)} with the network itself (expected: a loss of at most ${points(mostLost[precision])}).`;
}

function remedy({ row, slips }: CheckedRow): string {
  if (slips.length > 0 || precisionOf(row.format) === 'float32') return again;
  if (precisionOf(row.format) === 'fp16') return 'Use the float32 file.';
  return row.format === 'onnx-int8'
    ? 'Allow a smaller loss ("What int8 may lose", --max-loss), so that more layers stay in float, or use the float16 file.'
    : 'Use the float16 file, or ONNX int8, whose layers can stay in float where they lose too much.';
}

type TimedRow = Pick<ExportRow, 'format' | 'role' | 'latency'>;

/**
 * What fell short, with what to do about it. Times are compared with those of `others`, which took turns with this file's; without
 * a float32 file among them with those of `earlier` ones.
 */
export function exportFindings(
  checked: CheckedRow,
  others: readonly TimedRow[],
  earlier: readonly TimedRow[] = [],
): string[] {
  const { row, slips, isTimed } = checked;
  const findings =
    slips.length > 0 || fallsShort(checked)
      ? [[...(fallsShort(checked) ? [difference(checked)] : []), ...slips, remedy(checked)].join(' ')]
      : [];
  const isFloat = ({ format, role }: TimedRow): boolean =>
    role === row.role && isSameFormat(format, row.format) && precisionOf(format) === 'float32';
  const float = others.find(isFloat) ?? earlier.find(isFloat);
  if (precisionOf(row.format) === 'int8' && isTimed && float && row.latency.ms > float.latency.ms)
    findings.push(
      `It is slower than the float32 file here: ${milliseconds(row.latency.ms)} against ${milliseconds(float.latency.ms)} an image. Use the float32 file on such processors, unless size matters more.`,
    );
  return findings;
}
