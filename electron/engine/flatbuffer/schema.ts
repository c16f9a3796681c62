/**
 * FlatBuffers (https://flatbuffers.dev/internals) described by a schema as plain data: for each table its fields, each
 * '<id> <type>' or '<id> <type> = <default>'. A union takes two ids, its type's and its value's; the value's is stated.
 */
export interface Schema {
  /** Four characters behind the root's offset. */
  identifier: string;
  root: string;
  tables: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** Numbers of the tables that a union may hold. */
  unions: Readonly<Record<string, Readonly<Record<string, number>>>>;
}

/** Bytes of the scalars; enums are stated by the integer that holds them. */
export const scalarBytes = {
  bool: 1,
  byte: 1,
  ubyte: 1,
  int: 4,
  uint: 4,
  long: 8,
  ulong: 8,
  float: 4,
} as const;
export type ScalarType = keyof typeof scalarBytes;
export const isScalar = (type: string): type is ScalarType => type in scalarBytes;

type TypeIn<Field extends string> = Field extends `${number} ${infer Type} = ${string}`
  ? Type
  : Field extends `${number} ${infer Type}`
    ? Type
    : never;

type ValueIn<S extends Schema, Type extends string> = Type extends 'bool'
  ? boolean
  : Type extends ScalarType
    ? number
    : Type extends 'string'
      ? string
      : Type extends '[ubyte]'
        ? Uint8Array
        : Type extends `[${infer Element}]`
          ? readonly ValueIn<S, Element>[]
          : Type extends keyof S['unions']
            ? UnionValue<S, Type>
            : TableValue<S, Type>;

/** A table as it is written: what is left out has its default. Vectors of ubyte are Uint8Arrays, 64-bit integers numbers. */
export type TableValue<S extends Schema, Table extends keyof S['tables']> = {
  readonly [Field in keyof S['tables'][Table]]?: ValueIn<S, TypeIn<S['tables'][Table][Field]>> | undefined;
};

export type UnionValue<S extends Schema, Union extends keyof S['unions']> = {
  [Member in keyof S['unions'][Union] & string]: { type: Member; value: TableValue<S, Member> };
}[keyof S['unions'][Union] & string];

/** A table as it is read: scalars have their defaults. A union's value that is no member of the schema is left out. */
export type ReadTable<S extends Schema, Table extends keyof S['tables']> = {
  readonly [
    Field in keyof S['tables'][Table] as TypeIn<S['tables'][Table][Field]> extends ScalarType ? Field : never
  ]: ValueIn<S, TypeIn<S['tables'][Table][Field]>>;
} & {
  readonly [
    Field in keyof S['tables'][Table] as TypeIn<S['tables'][Table][Field]> extends ScalarType ? never : Field
  ]?: ReadValue<S, TypeIn<S['tables'][Table][Field]>>;
};

type ReadValue<S extends Schema, Type extends string> = Type extends 'string' | '[ubyte]'
  ? ValueIn<S, Type>
  : Type extends `[${infer Element}]`
    ? readonly (Element extends ScalarType
        ? number
        : Element extends 'string'
          ? string
          : ReadTable<S, Element>)[]
    : Type extends keyof S['unions']
      ? {
          [Member in keyof S['unions'][Type] & string]: { type: Member; value: ReadTable<S, Member> };
        }[keyof S['unions'][Type] & string]
      : ReadTable<S, Type>;

export interface Field {
  name: string;
  id: number;
  type: string;
  default: number;
}

const fieldPattern = /^(\d+) (\S+)(?: = (\S+))?$/;

/** The fields of a table, from the schema's text. */
export function fieldsOf(schema: Schema, table: string): Field[] {
  return Object.entries(schema.tables[table]!).map(([name, text]) => {
    const [, id, type, value = '0'] = fieldPattern.exec(text)!;
    return { name, id: Number(id), type: type!, default: value === 'true' ? 1 : Number(value) };
  });
}

/** The type of a vector's elements; null where a type is no vector. */
export const elementOf = (type: string): string | null => (type.startsWith('[') ? type.slice(1, -1) : null);
