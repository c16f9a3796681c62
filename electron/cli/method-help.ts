import type { Command } from 'commander';
import { largest } from '../contract/extremes.ts';
import { methodDescriptors } from '../contract/methods.ts';
import { optimizerDescriptors } from '../contract/optimizers.ts';

interface Described {
  label: string;
  sentence: string;
}

/** The distillation methods and optimisers for the help of a command that takes a recipe. */
export function methodHelp({ command }: { command: Command }): string {
  const help = command.createHelp();
  help.prepareContext({});
  const listOf = (title: string, described: Readonly<Record<string, Described>>): string[] => {
    const width = largest(Object.keys(described).map((name) => name.length));
    const lines = Object.entries(described).map(([name, { label, sentence }]) =>
      help.formatItem(name, width, `${label}. ${sentence}`, help),
    );
    return ['', title, ...lines];
  };
  return [
    ...listOf("Distillation methods, for the recipe's distillation.terms:", methodDescriptors),
    ...listOf(
      'Optimisers, for teacher.training.optimizer and student.training.optimizer:',
      optimizerDescriptors,
    ),
  ].join('\n');
}
