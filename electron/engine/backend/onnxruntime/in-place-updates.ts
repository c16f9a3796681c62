interface Node {
  op: string;
  inputs: readonly string[];
  outputs: readonly string[];
}

/** Nodes whose output may share memory with their first input. */
const views = new Set(['Reshape', 'Identity', 'Squeeze', 'Unsqueeze', 'Flatten']);
/** Nodes that read each place of their inputs before they write the same place of their output, and never again. */
const elementwise = new Set(['Add', 'Sub', 'Mul', 'Div', 'GatedAdd']);

/**
 * Which of the inputs may be overwritten by their outputs: those whose every reader must have run before the output's node
 * writes, or is that node and goes place by place.
 */
export function inPlaceUpdates(
  nodes: readonly Node[],
  updates: readonly { input: string; output: string }[],
): Set<string> {
  const producers = new Map<string, Node>();
  const readers = new Map<string, Node[]>();
  for (const node of nodes) {
    for (const name of node.outputs) producers.set(name, node);
    for (const name of node.inputs) {
      const list = readers.get(name);
      if (list) list.push(node);
      else readers.set(name, [node]);
    }
  }
  const readersOf = (name: string): Node[] =>
    (readers.get(name) ?? []).flatMap((node) => (views.has(node.op) ? readersOf(node.outputs[0]!) : [node]));
  const ancestorsOf = (node: Node): Set<Node> => {
    const found = new Set<Node>();
    const open = [node];
    for (let next = open.pop(); next; next = open.pop()) {
      for (const name of next.inputs) {
        const producer = producers.get(name);
        if (!producer || found.has(producer)) continue;
        found.add(producer);
        open.push(producer);
      }
    }
    return found;
  };
  const safe = new Set<string>();
  for (const { input, output } of updates) {
    const writer = producers.get(output);
    if (!writer || !elementwise.has(writer.op)) continue;
    const before = ancestorsOf(writer);
    if (readersOf(input).every((node) => node === writer || before.has(node))) safe.add(input);
  }
  return safe;
}
