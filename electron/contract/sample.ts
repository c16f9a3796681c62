/** What the drawn sample has where nothing else is asked for, and the folder that it lies in. */
export const drawnSample = { folder: 'drawn-signs', tracksPerClass: 12, testPerClass: 20 } as const;
