/**
 * A call's result, or a part of one, as pieces of JSON text that nobody has parsed: what a process passes on to another costs it no time
 * then, however large it is.
 */
export class JsonText {
  readonly pieces: readonly string[];

  constructor(pieces: readonly string[]) {
    this.pieces = pieces;
  }

  parse(): unknown {
    return JSON.parse(this.pieces.join(''));
  }
}
