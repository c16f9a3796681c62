import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { DistillError } from '../../../contract/errors.ts';
import type { Runtime } from '../../../contract/runtime.ts';
import type { Scheduler, WrittenSweep } from '../../../contract/sweep/cluster.ts';
import type { Sweep } from '../../../contract/sweep/sweep.ts';
import { makeFolders, writeFileAtomic } from '../../../platform/files.ts';
import { withPaths } from '../../../platform/recipe-paths.ts';
import { resource } from '../../../platform/resources.ts';
import { type Member, trainers } from '../members.ts';
import type { SweepFolder } from '../sweep-folder.ts';
import type { JobFiles, SweepJobs } from './job-files.ts';
import { kubernetesFiles } from './kubernetes.ts';
import { mostSlurmIndex, slurmFiles } from './slurm.ts';

/** Of a member, where the user names none. A student has the same bits with the same number of threads alone. */
const usual = { threads: 4, pixelMiB: 2048 };
/** GiB of a member beside its decoded images. */
const ownGiB = 6;

/** How members compute on a cluster: with cores and memory that are known before, because a scheduler is asked for them. */
export const clusterRuntime = (runtime: Runtime): Runtime => ({
  ...runtime,
  threads: runtime.threads ?? usual.threads,
  memory: runtime.memory ?? usual.pixelMiB,
});

const isInside = (folder: string, file: string): boolean => {
  const relative = path.relative(folder, file);
  return relative !== '..' && !relative.startsWith(`..${path.sep}`) && !path.isAbsolute(relative);
};

/** Throws INVALID_INPUT where pods, which see one folder alone, would not find what a sweep names. */
export function checkMounted(scheduler: Scheduler, sweep: Sweep, data: string | null, mount: string): void {
  if (scheduler.kind !== 'kubernetes') return;
  const check = (file: string): string => {
    if (isInside(mount, path.resolve(file))) return file;
    throw new DistillError(
      'INVALID_INPUT',
      `"${file}" is not in "${mount}", the one folder that pods see.`,
      'Move it there, or give a folder above both.',
    );
  };
  const { base, axes } = sweep;
  if (data !== null) check(data);
  withPaths(data === null ? base : { ...base, data: { ...base.data, path: null } }, check);
  for (const axis of axes) {
    if ('values' in axis) for (const value of axis.values) withPaths(value, check, axis.field);
    if ('patches' in axis) for (const patch of Object.values(axis.patches)) withPaths(patch, check);
  }
}

/** Of the sweep's name. A pod's name is its job's with the index, in 63 letters at most. */
const mostNameLetters = 16;

/** What the jobs of a sweep are called, by its folder: with the time in it, so that no other sweep's jobs are called the same. */
export function jobName(folder: string): string {
  const name = path.basename(folder);
  const time = /\d{8}-\d{6}(-\d+)?$/.exec(name)?.[0];
  const begin = name.slice(0, mostNameLetters).replace(/-+$/, '');
  return time === undefined || begin.length + time.length >= name.length
    ? `distill-${name}`
    : `distill-${begin}-${time}`;
}

function notesOf(scheduler: Scheduler, { members, cores, memory }: SweepJobs): string[] {
  const asked = `Each member asks for ${cores} cores and ${memory} GiB of memory: change the files where yours need others.`;
  if (scheduler.kind === 'kubernetes') return [asked];
  const last = members - 1;
  return last > mostSlurmIndex
    ? [
        asked,
        `The array's last index is ${last}; Slurm takes ${mostSlurmIndex} unless MaxArraySize is raised ("scontrol show config").`,
      ]
    : [asked];
}

/** Writes what a scheduler needs into a folder of its name in the sweep's folder. Throws NOT_WRITABLE, DISK_FULL. */
export async function writeCluster(
  sweep: SweepFolder,
  members: readonly Member[],
  scheduler: Scheduler,
): Promise<WrittenSweep> {
  const { threads, memory } = sweep.progress.runtime;
  const first = trainers(members);
  const jobs: SweepJobs = {
    folder: sweep.folder,
    name: jobName(sweep.folder),
    members: members.length,
    first,
    cores: threads ?? usual.threads,
    memory: ownGiB + Math.ceil((memory ?? usual.pixelMiB) / 1024),
  };
  const own: JobFiles =
    scheduler.kind === 'slurm'
      ? slurmFiles(jobs)
      : kubernetesFiles(jobs, { ...scheduler, mount: path.dirname(sweep.folder) });
  const files = { ...own, Containerfile: await readFile(resource('cluster', 'Containerfile'), 'utf8') };
  const folder = path.join(sweep.folder, scheduler.kind);
  await makeFolders(folder);
  const written = Object.keys(files).map((name) => path.join(folder, name));
  for (const [name, text] of Object.entries(files)) await writeFileAtomic(path.join(folder, name), text);
  return {
    folder: sweep.folder,
    submit: path.join(folder, 'submit.sh'),
    files: written,
    members: members.length,
    first: first.length,
    notes: notesOf(scheduler, jobs),
  };
}
