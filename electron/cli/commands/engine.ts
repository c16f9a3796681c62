import type { Command } from 'commander';
import type { TensorflowLink } from '../../contract/doctor.ts';
import { table } from '../format.ts';
import type { Session } from '../session.ts';

export function defineEngine(program: Command, session: Session): void {
  const engine = program
    .command('engine')
    .description('links a TensorFlow of your own, for NVIDIA GPUs')
    .addHelpText('after', '\nExample:\n  $ distill-studio engine link --libtensorflow ~/wheel/tensorflow\n');
  engine
    .command('link')
    .description('builds the "tensorflow" backend against a TensorFlow on this machine')
    .requiredOption(
      '--libtensorflow <folder>',
      'its headers and libraries: the folder "tensorflow" of an unpacked or installed Python wheel, or the unpacked archive for C',
    )
    .option('--to <folder>', 'where to put the build (default: your data folder)')
    .addHelpText(
      'after',
      '\nNeeds a C++ compiler, and npm, which fetches the sources.\n\nExample:\n  $ distill-studio engine link --libtensorflow ~/wheel/tensorflow\n',
    )
    .action(async ({ libtensorflow, to }: { libtensorflow: string; to?: string }) => {
      const { output, signal } = session;
      const client = await session.engine();
      const input = { libtensorflow: session.resolve(libtensorflow), to: to ? session.resolve(to) : null };
      const onProgress = output.progress('linking');
      const link = await client.system.linkTensorflow(input, { signal, onProgress });
      output.result('engine link', link, linkText(link));
    });
  engine
    .command('unlink')
    .description('removes what "engine link" built')
    .addHelpText('after', '\nExample:\n  $ distill-studio engine unlink\n')
    .action(async () => {
      const client = await session.engine();
      const link = await client.system.unlinkTensorflow({}, { signal: session.signal });
      const text = link ? `TensorFlow ${link.tensorflow} is no longer linked.` : 'Nothing was linked.';
      session.output.result('engine unlink', link, text);
    });
}

function linkText({
  tensorflow,
  libtensorflow,
  folder,
  cuda,
  cudaVersion,
  cudnnVersion,
}: TensorflowLink): string {
  const versions = `CUDA ${cudaVersion ?? 'unknown'}, cuDNN ${cudnnVersion ?? 'unknown'}`;
  const wanted =
    cuda === true ? versions : cuda === false ? 'none: built without CUDA' : 'not stated in its folder';
  const rows = [
    ['TensorFlow', tensorflow],
    ['libtensorflow', libtensorflow],
    ['wants', wanted],
    ['built in', folder],
  ];
  return `${table(rows, 'l')}\n\nThe "tensorflow" backend uses it from now on; "distill-studio doctor" shows the device.`;
}
