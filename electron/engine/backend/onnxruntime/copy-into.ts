/** The binding may answer with a fresh array or with the one it was given. */
export function copyInto(from: ArrayBufferView, to: ArrayBufferView): void {
  if (from === to || to.byteLength === 0) return;
  new Uint8Array(to.buffer, to.byteOffset, to.byteLength).set(
    new Uint8Array(from.buffer, from.byteOffset, to.byteLength),
  );
}
