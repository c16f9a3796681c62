import { toErrorValue } from '../../contract/errors.ts';
import type { ExportRow } from '../../contract/result.ts';
import type { Runtime } from '../../contract/runtime.ts';
import { chooseBackend } from '../backend/choose.ts';
import { exportFindings } from '../evaluate/export-findings.ts';
import type { RunImages } from '../export/calibration.ts';
import type { CheckExports } from '../export/options.ts';
import { throwIfCancelled } from '../export/staging.ts';
import type { Subject } from './check-network.ts';
import { checkRole } from './check-role.ts';
import { keptPredictions, ownPredictions } from './own-predictions.ts';

export interface CheckOptions {
  images: RunImages;
  /** Where the network itself, and a TensorFlow.js model, compute. */
  runtime: Pick<Runtime, 'backend' | 'threads'>;
  /** Whether other work goes on here, which is timed as well. */
  isBusy: () => boolean;
}

/** Runs exported networks over the run's test images, each by what its users run it with. */
export const checkExports =
  ({ images, runtime, isBusy }: CheckOptions): CheckExports =>
  async (written, context) => {
    await chooseBackend(runtime.backend, runtime.threads);
    const rows: ExportRow[] = [];
    const notes: string[] = [];
    const roles = [...new Set(written.map(({ item }) => item.network!))];
    const earlier = await context.run.result().then(
      ({ exports = [] }) => exports,
      () => [],
    );
    let before = 0;
    for (const role of roles) {
      const files = written.filter(({ item }) => item.network === role);
      const filesBefore = before;
      before += files.length;
      const network = await context.network(role);
      const test = await images.test(network.image).catch((thrown: unknown) => {
        throwIfCancelled(context.signal);
        const { message, hint } = toErrorValue(thrown);
        return `${message} ${hint}`.trim();
      });
      if (typeof test === 'string') {
        notes.push(`The exported files of the ${role} are not checked. ${test}`);
        continue;
      }
      const predict: Subject['predict'] = (some, statistics) =>
        ownPredictions(network, some, { signal: context.signal, statistics });
      const kept = context.options.correctBiases ? null : await keptPredictions(context.run, role, test);
      const own = kept ?? (await predict(test));
      const subject = { network, images: test, own, predict };
      const checked = await checkRole(role, files, subject, context, (done) => {
        context.progress('check', test.n * filesBefore + done, test.n * written.length);
      });
      for (const note of checked.notes) notes.push(note);
      const others = checked.rows.map(({ row }) => row);
      const busy = isBusy() ? ['The machine was busy with other work while its latency was measured.'] : [];
      for (const one of checked.rows)
        rows.push({
          ...one.row,
          findings: exportFindings(one, others, earlier),
          notes: [...one.notes, ...busy],
        });
    }
    return { rows, notes };
  };
