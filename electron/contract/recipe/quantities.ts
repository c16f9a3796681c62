import { z } from 'zod';

export const probability = z.number().min(0).max(1);
export const positive = z.number().positive();
