import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { schedulerSchema } from '../../../electron/contract/sweep/cluster.ts';
import { sweepSchema } from '../../../electron/contract/sweep/sweep.ts';
import { kubernetesFiles } from '../../../electron/engine/sweep/cluster/kubernetes.ts';
import { arrayOf, slurmFiles } from '../../../electron/engine/sweep/cluster/slurm.ts';
import { checkMounted, jobName } from '../../../electron/engine/sweep/cluster/write-cluster.ts';
import { trainers } from '../../../electron/engine/sweep/members.ts';
import { smallRecipe } from '../../support/small-run.ts';
import { temporaryFolder } from '../run-folder/support.ts';

const jobs = {
  folder: '/shared/my sweep',
  name: 'distill-signs',
  members: 6,
  first: [0, 3],
  cores: 4,
  memory: 8,
};

/** Runs a shell with programs that only note how they were called; gives these calls. */
function callsOf(args: string[], env: Record<string, string> = {}): string[] {
  const folder = temporaryFolder();
  const calls = path.join(folder, 'calls');
  const note =
    '#!/bin/sh\nprintf "%s" "$(basename "$0")" >> "$CALLS"\nprintf " [%s]" "$@" >> "$CALLS"\necho >> "$CALLS"\n';
  for (const name of ['sbatch', 'kubectl', 'distill-studio'])
    writeFileSync(path.join(folder, name), `${note}echo "17;north"\n`, { mode: 0o755 });
  execFileSync(args[0]!, args.slice(1), {
    env: { ...process.env, ...env, CALLS: calls, PATH: `${folder}:${process.env['PATH']!}` },
    stdio: 'ignore',
  });
  return readFileSync(calls, 'utf8').trim().split('\n');
}

function written(files: Readonly<Record<string, string>>): string {
  const folder = temporaryFolder();
  for (const [name, text] of Object.entries(files)) writeFileSync(path.join(folder, name), text);
  return folder;
}

test('indices are written as ranges', () => {
  expect(arrayOf([0, 1, 2, 5, 7, 8])).toBe('0-2,5,7-8');
  expect(arrayOf([4])).toBe('4');
});

test('the first member with each teacher trains it', () => {
  const keys = ['a', 'a', null, 'b', 'a', 'b'];
  expect(trainers(keys.map((teacherKey) => ({ teacherKey })))).toEqual([0, 3]);
});

test('Slurm gets two arrays, the second once the first has ended well, and each task its member', () => {
  const folder = written(slurmFiles(jobs));
  expect(callsOf(['sh', path.join(folder, 'submit.sh'), '--partition=long'])).toEqual([
    'sbatch [--partition=long] [--parsable] [--array=0,3] [member.sbatch]',
    'sbatch [--partition=long] [--array=1-2,4-5] [--dependency=afterok:17] [--kill-on-invalid-dep=yes] [member.sbatch]',
  ]);
  expect(callsOf(['bash', path.join(folder, 'member.sbatch')], { SLURM_ARRAY_TASK_ID: '4' })).toEqual([
    'distill-studio [sweep] [member] [..] [--index] [4]',
  ]);
  const alone = written(slurmFiles({ ...jobs, first: [] }));
  expect(callsOf(['sh', path.join(alone, 'submit.sh')])).toEqual(['sbatch [--array=0-5] [member.sbatch]']);
});

/** What of a Job is used, with the names of Kubernetes' batch/v1 and core/v1. */
interface Job {
  metadata: { name: string };
  spec: {
    completions: number;
    template: { spec: { containers: { command: string[] }[] } };
  };
}

test('Kubernetes gets an Indexed Job for the teachers and one for all, and each pod its member', () => {
  const options = { image: 'images.example/distill:1', claim: 'studies', mount: '/shared' };
  const files = kubernetesFiles(jobs, options);
  const [first, members] = ['first.json', 'members.json'].map((name) => JSON.parse(files[name]!) as Job);
  // Field by field as the API's reference has them, which refuses or drops what it does not know.
  expect(members).toEqual({
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name: 'distill-signs' },
    spec: {
      completionMode: 'Indexed',
      completions: 6,
      parallelism: 6,
      backoffLimitPerIndex: 6,
      template: {
        spec: {
          restartPolicy: 'Never',
          terminationGracePeriodSeconds: 120,
          containers: [
            {
              name: 'member',
              image: 'images.example/distill:1',
              command: expect.any(Array) as string[],
              resources: { requests: { cpu: '4', memory: '8Gi' }, limits: { memory: '8Gi' } },
              volumeMounts: [{ name: 'shared', mountPath: '/shared' }],
            },
          ],
          volumes: [{ name: 'shared', persistentVolumeClaim: { claimName: 'studies' } }],
        },
      },
    },
  });
  const pod = (job: Job, index: number) =>
    callsOf(job.spec.template.spec.containers[0]!.command, { JOB_COMPLETION_INDEX: String(index) });
  const call = (index: number) => [`distill-studio [sweep] [member] [/shared/my sweep] [--index] [${index}]`];
  expect(first!.spec.completions).toBe(2);
  expect([pod(first!, 0), pod(first!, 1)]).toEqual([call(0), call(3)]);
  expect([pod(members!, 0), pod(members!, 5)]).toEqual([call(0), call(5)]);
  const folder = written(files);
  expect(callsOf(['sh', path.join(folder, 'submit.sh'), '--namespace=studies'])).toEqual([
    'kubectl [delete] [--namespace=studies] [--ignore-not-found] [-f] [first.json] [-f] [members.json]',
    'kubectl [apply] [--namespace=studies] [-f] [first.json]',
    'kubectl [wait] [--namespace=studies] [--for=condition=complete] [--timeout=-1s] [job/distill-signs-first]',
    'kubectl [apply] [--namespace=studies] [-f] [members.json]',
  ]);
});

test('jobs are named by their sweep, short enough for pods of any index, and unlike those of another time', () => {
  expect(jobName('/shared/signs-20261130-120000')).toBe('distill-signs-20261130-120000');
  const long = jobName(`/shared/${'temperatures-and-'.repeat(4)}-20261130-120000-2`);
  expect(long).toBe('distill-temperatures-and-20261130-120000-2');
  expect(`${long}-first-9999`.length).toBeLessThan(63);
});

test('what pods would not find is refused', () => {
  const { teacher, student } = smallRecipe();
  if (teacher.source !== 'train') throw new Error('The small recipe trains its teacher.');
  const sweep = sweepSchema.parse({
    version: 1,
    name: 'starts',
    base: smallRecipe({ teacher, student: { ...student, weights: '/shared/start.pth' } }),
    axes: [{ name: 'start', field: 'student.weights', values: ['/shared/a.pth', '/home/me/b.pth'] }],
  });
  const pods = schedulerSchema.parse({ kind: 'kubernetes' });
  const check = (mount: string, data: string) => () => checkMounted(pods, sweep, data, mount);
  expect(check('/shared', '/shared/GTSRB')).toThrow('"/home/me/b.pth" is not in "/shared"');
  expect(check('/shared', '/data/GTSRB')).toThrow('"/data/GTSRB"');
  expect(check('/', '/data/GTSRB')).not.toThrow();
  expect(() => checkMounted({ kind: 'slurm' }, sweep, '/data/GTSRB', '/shared')).not.toThrow();
});
