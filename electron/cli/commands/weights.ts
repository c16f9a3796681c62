import type { Command } from 'commander';
import { type WeightsEntry, weightsLicence, type WeightsList } from '../../contract/published-weights.ts';
import { bytes, percent, table } from '../format.ts';
import type { Session } from '../session.ts';

export function defineWeights(program: Command, session: Session): void {
  const weights = program
    .command('weights')
    .description('ImageNet weights that torchvision publishes, for networks to start from')
    .addHelpText('after', '\nExample:\n  $ distill-studio weights fetch resnet18\n');
  weights
    .command('list')
    .description('which there are, how large, from where, and whether they are here')
    .addHelpText('after', '\nExample:\n  $ distill-studio weights list\n')
    .action(async () => {
      const client = await session.engine();
      const list = await client.weights.list({}, { signal: session.signal });
      session.output.result('weights list', list, listText(list, session));
    });
  weights
    .command('fetch')
    .description('downloads one; continues where a download was broken off')
    .argument('<name>', "an architecture (its newest weights), torchvision's name, or the file's")
    .addHelpText(
      'after',
      '\nHTTPS_PROXY and NO_PROXY are followed; DISTILL_WEIGHTS_URL names a mirror.\n\nExample:\n  $ distill-studio weights fetch ResNet50_Weights.IMAGENET1K_V1\n',
    )
    .action(async (name: string) => {
      const { output, signal } = session;
      const client = await session.engine();
      const onProgress = output.progress(`downloading ${name}`);
      const entry = await client.weights.fetch({ name }, { signal, onProgress });
      output.result('weights fetch', entry, hereText(entry, session));
    });
  weights
    .command('add')
    .description('takes a file that came another way, recognised by its content')
    .argument('<file>', 'one of the files of "weights list", whatever its name')
    .addHelpText('after', '\nExample:\n  $ distill-studio weights add /media/stick/resnet18-f37072fd.pth\n')
    .action(async (file: string) => {
      const { output, signal } = session;
      const client = await session.engine();
      const onProgress = output.progress('reading the file');
      const entry = await client.weights.add({ file: session.resolve(file) }, { signal, onProgress });
      output.result('weights add', entry, hereText(entry, session));
    });
}

const stateText = ({ state, haveBytes }: WeightsEntry): string =>
  ({ whole: 'here', partial: `${bytes(haveBytes)} here`, missing: '' })[state];

function listText({ folder, entries }: WeightsList, { shown }: Session): string {
  const rows = entries.map((one) => [
    one.name,
    one.architecture,
    percent(one.top1),
    bytes(one.bytes),
    stateText(one),
    one.url,
  ]);
  const ported = entries.filter(({ portedFrom }) => portedFrom !== null);
  return [
    table([['weights', 'architecture', 'ImageNet top-1', 'size', '', 'from'], ...rows], 'llrrll'),
    '',
    `Kept in ${shown(folder)}. Licence: ${weightsLicence.name} (torchvision). ${weightsLicence.caveat}`,
    ...ported.map(({ name, portedFrom }) => `${name} was ported from ${portedFrom!}.`),
  ].join('\n');
}

const hereText = ({ name, path, bytes: length, top1 }: WeightsEntry, { shown }: Session): string =>
  `${name} is in ${shown(path)} (${bytes(length)}; ${percent(top1)} top-1 on ImageNet).`;
