/** The parts of a dataset. */
export const parts = ['train', 'validation', 'test'] as const;
export type Part = (typeof parts)[number];
