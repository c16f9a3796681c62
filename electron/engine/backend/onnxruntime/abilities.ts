/** What the binding can do in this process; `probe` (probe.ts) finds out. */
export const abilities = {
  /** Writing outputs in place (run-in-place.ts). */
  inPlace: false,
  /** Reading arrays on shared memory, on which batches lie: Node-API refuses them before Node 24. */
  sharedInputs: true,
};
