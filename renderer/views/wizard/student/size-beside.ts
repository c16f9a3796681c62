import { formatRatio } from '../../../format.ts';

/** How large a network is beside another, both in parameters: 140× larger, 2.3× smaller, the same. */
export function sizeBeside(parameters: number, others: number): string {
  if (parameters === others) return 'the same';
  const times = Math.max(parameters, others) / Math.min(parameters, others);
  if (times < 1.05) return 'about the same';
  return `${formatRatio(times)}× ${parameters < others ? 'smaller' : 'larger'}`;
}
