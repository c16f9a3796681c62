import type { AnsweringHandlers } from '../../contract/services.ts';
import { previewSchedule } from '../train/schedule-preview.ts';

export const trainingHandlers: AnsweringHandlers['training'] = { schedule: previewSchedule };
