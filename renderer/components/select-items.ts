export interface SelectItem<Value extends string | number> {
  value: Value;
  label: string;
}

/** What can be selected, by its names, in their order. */
export const selectItems = <Value extends string>(names: Record<Value, string>): SelectItem<Value>[] =>
  (Object.entries(names) as [Value, string][]).map(([value, label]) => ({ value, label }));
