import { jsonText } from '../../../platform/files.ts';
import type { Scheduler } from '../../../contract/sweep/cluster.ts';
import type { JobFiles, SweepJobs } from './job-files.ts';

export interface KubernetesOptions extends Omit<Extract<Scheduler, { kind: 'kubernetes' }>, 'kind'> {
  /** Where the claim's volume is in every pod: the folder that all see, at the path that it has here. */
  mount: string;
}

/** Pods of one job at the same time, unless the manifest is changed. */
const mostPods = 100;
/** How often a member is tried again where its pod failed, from its checkpoint. */
const retries = 6;
/** Seconds between the signal that asks a pod to end, after which the member is saved, and the one that ends it. */
const grace = 120;

/** An Indexed Job (batch/v1); `command`: a shell's, which finds the index in JOB_COMPLETION_INDEX. */
function manifest(
  name: string,
  completions: number,
  command: readonly string[],
  { cores, memory }: SweepJobs,
  { image, claim, mount }: KubernetesOptions,
): unknown {
  const resources = { cpu: String(cores), memory: `${memory}Gi` };
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name },
    spec: {
      completionMode: 'Indexed',
      completions,
      parallelism: Math.min(completions, mostPods),
      backoffLimitPerIndex: retries,
      template: {
        spec: {
          restartPolicy: 'Never',
          terminationGracePeriodSeconds: grace,
          containers: [
            {
              name: 'member',
              image,
              command: ['/bin/sh', '-c', ...command],
              resources: { requests: resources, limits: { memory: resources.memory } },
              volumeMounts: [{ name: 'shared', mountPath: mount }],
            },
          ],
          volumes: [{ name: 'shared', persistentVolumeClaim: { claimName: claim } }],
        },
      },
    },
  };
}

function submit(name: string, hasFirst: boolean): string {
  const first = `# These train the teachers that the others share; a negative timeout is a week.
kubectl apply "$@" -f first.json
kubectl wait "$@" --for=condition=complete --timeout=-1s job/${name}-first
`;
  return `#!/bin/sh
# Submits the sweep; options for kubectl may follow: sh submit.sh --namespace studies
# Submitted again, members that have completed end at once, and the others go on.
set -eu
cd "$(dirname "$0")"
kubectl delete "$@" --ignore-not-found ${hasFirst ? '-f first.json ' : ''}-f members.json
${hasFirst ? first : ''}kubectl apply "$@" -f members.json
`;
}

/**
 * Two Indexed Jobs: one for the members that train teachers, and one for all, in which those end at once. JSON is YAML, and needs no rules of
 * quoting of our own.
 */
export function kubernetesFiles(jobs: SweepJobs, options: KubernetesOptions): JobFiles {
  const { folder, name, members, first } = jobs;
  const member = 'exec distill-studio sweep member "$0" --index';
  // The shell's parameters are the members: after the shift the first one is this pod's.
  const chosen = [`shift "$JOB_COMPLETION_INDEX"; ${member} "$1"`, folder, ...first.map(String)];
  const whole = [`${member} "$JOB_COMPLETION_INDEX"`, folder];
  return {
    ...(first.length > 0 && {
      'first.json': jsonText(manifest(`${name}-first`, first.length, chosen, jobs, options)),
    }),
    'members.json': jsonText(manifest(name, members, whole, jobs, options)),
    'submit.sh': submit(name, first.length > 0),
  };
}
