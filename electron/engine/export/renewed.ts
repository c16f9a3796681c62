import { existsSync } from 'node:fs';
import { jsonText } from '../../platform/files.ts';
import type { ExportContext } from './exporter.ts';
import type { ExportItem } from './item.ts';
import type { Planned } from './plan.ts';
import { ownReport } from './report.ts';

/** The run's result, and its report where it has one, after networks were written. */
export async function renewed(context: ExportContext, planned: readonly Planned[]): Promise<ExportItem[]> {
  const { run } = context;
  const before = await run.result().catch(() => null);
  if (!before) return [];
  const shown = before.exports ?? [];
  const result = await context.result();
  if (JSON.stringify(shown) === JSON.stringify(result.exports ?? [])) return [];
  const items: ExportItem[] = [{ path: run.path('result.json'), content: jsonText(result) }];
  const page = await ownReport(context);
  if (existsSync(page.path) && !planned.some(({ item }) => item.path === page.path)) items.push(page);
  return items;
}
