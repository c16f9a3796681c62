/** A copy as a WebSocket would send it: reactive objects cannot be cloned into another process. */
export const plain = <Value>(value: Value): Value => JSON.parse(JSON.stringify(value)) as Value;
