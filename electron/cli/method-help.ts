import type { Command } from 'commander';
import { largest } from '../contract/extremes.ts';
import { methodDescriptors, methodNames } from '../contract/methods.ts';

/** The distillation methods for the help of a command that takes a recipe. */
export function methodHelp({ command }: { command: Command }): string {
  const help = command.createHelp();
  help.prepareContext({});
  const width = largest(methodNames.map((name) => name.length));
  const lines = methodNames.map((name) => {
    const { label, sentence } = methodDescriptors[name];
    return help.formatItem(name, width, `${label}. ${sentence}`, help);
  });
  return ['', "Distillation methods, for the recipe's distillation.terms:", ...lines].join('\n');
}
