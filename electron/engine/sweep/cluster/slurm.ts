import type { JobFiles, SweepJobs } from './job-files.ts';

/** The largest index that Slurm's arrays have unless an administrator raised MaxArraySize (1001). */
export const mostSlurmIndex = 1000;

/** Ascending indices as sbatch's --array has them: '0-2,7'. */
export function arrayOf(indices: readonly number[]): string {
  const ranges: [number, number][] = [];
  for (const index of indices) {
    const last = ranges.at(-1);
    if (last?.[1] === index - 1) last[1] = index;
    else ranges.push([index, index]);
  }
  return ranges.map(([from, to]) => (from === to ? String(from) : `${from}-${to}`)).join(',');
}

const member = ({ name, cores, memory }: SweepJobs): string => `#!/bin/bash
#SBATCH --job-name=${name}
#SBATCH --nodes=1
#SBATCH --ntasks=1
#SBATCH --cpus-per-task=${cores}
#SBATCH --mem=${memory}G
#SBATCH --output=%A-%a.txt
#SBATCH --open-mode=append
#SBATCH --requeue
#SBATCH --signal=B:TERM@120
# One member of the sweep; submit.sh submits this as an array whose indices are the members'.
set -eu

# In a container, for example: DISTILL_STUDIO="apptainer exec distill-studio.sif distill-studio".
program=\${DISTILL_STUDIO:-distill-studio}

# In place of this shell, so that Slurm's signals reach the program: it ends after its batch and is saved.
# The working directory is the one of submit.sh, in the sweep's folder.
exec $program sweep member .. --index "$SLURM_ARRAY_TASK_ID"
`;

function submit({ members, first }: SweepJobs): string {
  const others = [...Array(members).keys()].filter((index) => !first.includes(index));
  const array = (indices: readonly number[]) => `--array=${arrayOf(indices)}`;
  const jobs =
    first.length === 0
      ? [`sbatch "$@" ${array(others)} member.sbatch`]
      : [
          '# These train the teachers that the others share.',
          `first=$(sbatch "$@" --parsable ${array(first)} member.sbatch)`,
          'echo "Submitted batch job $first"',
          ...(others.length === 0
            ? []
            : [
                `sbatch "$@" ${array(others)} --dependency=afterok:"\${first%%;*}" --kill-on-invalid-dep=yes member.sbatch`,
              ]),
        ];
  return `#!/bin/sh
# Submits the sweep; options for sbatch may follow: sh submit.sh --partition=long --time=08:00:00
# Submitted again after an end before its time, members that have completed end at once, and the others go on.
set -eu
cd "$(dirname "$0")"
${jobs.join('\n')}
`;
}

/** An array job for the members that train teachers, and one for the others, which starts when the first has ended well. */
export const slurmFiles = (jobs: SweepJobs): JobFiles => ({
  'member.sbatch': member(jobs),
  'submit.sh': submit(jobs),
});
