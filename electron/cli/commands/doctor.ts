import type { Command } from 'commander';
import type { DoctorReport } from '../../contract/doctor.ts';
import { bytes, nothing, table } from '../format.ts';
import { backendOption, type RuntimeOptions } from '../runtime-options.ts';
import type { Session } from '../session.ts';

export function defineDoctor(program: Command, session: Session): void {
  program
    .command('doctor')
    .description('reports what this machine offers, which backend is used, and why')
    .addOption(backendOption())
    .addHelpText('after', '\nExample:\n  $ distill-studio doctor\n')
    .action(async ({ backend }: RuntimeOptions) => {
      const client = await session.engine();
      const report = await client.system.doctor({ backend }, { signal: session.signal });
      session.output.result('doctor', report, reportText(report));
    });
}

function reportText(report: DoctorReport): string {
  const machine = [
    ['version', `${report.version}, Node ${report.node}, ${report.platform}`],
    ['processor', `${report.cpu}, ${report.cores} usable`],
    ['memory', `${bytes(report.memoryBytes)}, ${bytes(report.freeMemoryBytes)} free`],
    ['GPU', report.gpu ?? nothing],
  ];
  const backends = report.backends.flatMap(({ name, available, detail, hint }) => [
    [name, available ? 'yes' : 'no', detail],
    ...(hint ? [['', '', hint]] : []),
  ]);
  const chosen = `Chosen: ${report.chosen}. ${report.reason}`;
  return [table(machine, 'l'), '', 'Backends', table(backends, 'l'), '', chosen].join('\n');
}
