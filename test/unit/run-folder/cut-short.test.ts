import { expect, test } from 'vitest';
import { renderReport } from '../../../electron/engine/export/report/render.ts';
import { RunFolder } from '../../../electron/engine/run-folder/run-folder.ts';
import { result } from '../cli/example-run.ts';
import { fakeReport } from '../export/fake-run.ts';
import { recipe, start, temporaryFolder } from './support.ts';

const sentence = 'The training of the student was ended early, after 2 of 5 epochs.';

test('what was cut short is kept with the result, and stated in the report', async () => {
  const run = await RunFolder.create(temporaryFolder(), recipe(), start());
  await run.writeResult({ ...result, cutShort: [sentence] });
  expect((await run.result()).cutShort).toEqual([sentence]);
  await run.writeResult(result);
  expect(await run.result()).not.toHaveProperty('cutShort');
  await run.close();

  const report = fakeReport(['Stop', 'Yield']);
  expect(renderReport(report)).not.toContain(sentence);
  expect(renderReport({ ...report, result: { ...report.result, cutShort: [sentence] } })).toContain(sentence);
});
