import { Command } from 'commander';
import { programVersion } from '../platform/version.ts';
import { traceText } from '../rpc/trace.ts';
import { commands } from './commands/index.ts';
import { endingOf, exitCodes } from './errors.ts';
import { interrupts } from './interrupts.ts';
import { output } from './output.ts';
import { session, type Session } from './session.ts';
import type { Terminal } from './terminal.ts';

/**
 * The whole program: reads the arguments (without node and script), runs the command, and returns the exit code:
 * 0 done, 1 failed, 2 wrong use, 130 stopped by Ctrl-C. Never throws.
 */
export async function runCli(argv: readonly string[], terminal: Terminal): Promise<number> {
  // Read ahead of commander, so that its own errors take the form that was asked for.
  const has = (flag: string): boolean => argv.includes(flag);
  const out = output(terminal, {
    json: has('--json'),
    verbose: has('--verbose'),
    color: !has('--no-color'),
  });
  const stops = interrupts(terminal.onInterrupt);
  const current = session(terminal, out, stops.signal);
  const program = buildProgram(current, terminal);
  const names = program.commands.map((command) => command.name());
  const work = async (): Promise<number> => {
    try {
      await program.parseAsync(argv, { from: 'user' });
      return exitCodes.done;
    } catch (thrown) {
      const ending = endingOf(
        thrown,
        argv.find((word) => names.includes(word)),
      );
      if (ending.error) out.error(ending.error);
      if (ending.exitCode === exitCodes.failed) out.trace(traceText('details', thrown));
      return ending.exitCode;
    } finally {
      await current
        .close()
        .catch((thrown: unknown) => out.trace(traceText('The engine did not close', thrown)));
    }
  };
  const left = stops.second.then(() => exitCodes.stopped);
  const code = await Promise.race([work(), left]);
  stops.end();
  out.end();
  return code;
}

function buildProgram(current: Session, { stdout, stderr }: Terminal): Command {
  const program = new Command('distill-studio')
    .description('Turns a big image classifier into a small one by knowledge distillation.')
    .version(programVersion())
    .option('--json', 'one JSON object per line on stdout, for programs')
    .option('--verbose', 'details of errors on stderr')
    .option('--no-color', 'no colours (NO_COLOR in the environment does the same)')
    .addHelpText('after', '\nExample:\n  $ distill-studio demo\n')
    .configureHelp({ showGlobalOptions: true })
    .exitOverride()
    .configureOutput({
      writeOut: (text) => void stdout.write(text),
      writeErr: (text) => void stderr.write(text),
      // Errors are thrown, and printed by runCli.
      outputError: () => undefined,
      getOutHelpWidth: () => stdout.columns ?? 100,
      getErrHelpWidth: () => stderr.columns ?? 100,
    });
  for (const define of commands) define(program, current);
  return program;
}
