import { computed } from 'vue';
import type { Role } from '../../electron/contract/run.ts';
import { isDark } from '../composables/theme.ts';

/** Okabe and Ito's colours (2008), told apart by all kinds of colour vision; darker or lighter where the theme needs contrast. */
export const palette = computed(() =>
  isDark.value
    ? ['#56b4e9', '#e69f00', '#00b98a', '#f07a3c', '#d58cb9', '#f0e442', '#8aa0ff', '#b8b8b8']
    : ['#0072b2', '#b36b00', '#007a5a', '#c04a00', '#a8548a', '#7a6f00', '#3a4fc4', '#5a5a5a'],
);

/** The same model has the same colour on every screen. */
export const roleColors = computed<Record<Role, string>>(() => ({
  teacher: palette.value[1]!,
  student: palette.value[0]!,
  baseline: palette.value[7]!,
}));

/** How a line is dashed: lines do not differ by colour alone. An array has the lengths of dashes and gaps in pixels, in turn. */
export type Dash = 'solid' | 'dashed' | 'dotted' | number[];

export const roleDashes: Record<Role, Dash> = {
  teacher: 'dashed',
  student: 'solid',
  baseline: 'dotted',
};

export const roleNames: Record<Role, string> = {
  teacher: 'Teacher',
  student: 'Student',
  baseline: 'Baseline',
};

/** Text, lines and background of charts, as the theme has them. */
export const chartInk = computed(() =>
  isDark.value
    ? { text: '#cbd5e1', muted: '#94a3b8', line: '#334155', background: '#0f172a' }
    : { text: '#334155', muted: '#64748b', line: '#e2e8f0', background: '#ffffff' },
);
export type ChartInk = typeof chartInk.value;

/** The looks of all tooltips. */
export const tooltipLooks = ({ text, line, background }: ChartInk) => ({
  ...{ confine: true, backgroundColor: background, borderColor: line, textStyle: { color: text } },
});
